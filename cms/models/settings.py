"""What differs from city to city."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="cog")
class SiteSettings(BaseSiteSetting):
    """Names and numbers in the frame of every page. Empty ones are left out."""

    site_name = models.CharField(_("name of the site"), max_length=40, blank=True)
    tagline = models.CharField(_("line under the name"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    sponsor = models.CharField(_("sponsor"), max_length=120, blank=True)
    organiser = models.CharField(_("run by"), max_length=120, blank=True)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    contact = models.CharField(_("how to reach us"), max_length=200, blank=True)
    site_code = models.CharField(_("government website code"), max_length=20, blank=True)
    icp_number = models.CharField(_("ICP filing number"), max_length=40, blank=True)
    police_number = models.CharField(_("public security filing number"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
