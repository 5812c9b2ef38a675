"""Who belongs where, who may see whom, and what a roster would do."""

from organisations.queries.tree import ancestors, home_organisation, leads, led_by, may_be_named

__all__ = ["ancestors", "home_organisation", "leads", "led_by", "may_be_named"]
