"""Pages of the people who lead units."""

from organisations.views.units import hand_over, history, units
from organisations.views.years import new_year

__all__ = ["hand_over", "history", "new_year", "units"]
