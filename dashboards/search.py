"""What dashboards hand down to the home page."""

from django.utils.translation import gettext_lazy as _

from cms import registry
from dashboards import queries
from foundation.smallcells import told


def learners_figure() -> registry.Figure:
    """How many people take part in a programme that is open now."""
    return registry.Figure(value=told(queries.people_learning()), label=_("people are learning now"), order=10)


def register() -> None:
    """Providers for the site. Called in `AppConfig.ready()`."""
    registry.figures["dashboards.learners"] = learners_figure
