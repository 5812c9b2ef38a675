"""What differs from city to city."""

from typing import Self

from django.db import models
from django.db.models import Exists
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Site


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

    @classmethod
    def for_request(cls, request: HttpRequest) -> Self:
        """These settings with their site, in one statement where no other site has the request's host name."""
        if not hasattr(request, "_wagtail_site") and not hasattr(request, cls.get_cache_attr_name()):
            host = split_domain_port(request._get_raw_host())[0]  # type: ignore[attr-defined]
            others = Site.objects.filter(hostname=host, is_default_site=False)
            default = cls.objects.filter(~Exists(others), site__is_default_site=True)
            if found := default.select_related("site__root_page").first():
                request._wagtail_site = found.site  # type: ignore[attr-defined]
                found._request = request
                setattr(request, cls.get_cache_attr_name(), found)
        settings: Self = super().for_request(request)
        return settings
