"""Pages of the people who lead units."""

from organisations.views.units import hand_over, history, units

__all__ = ["hand_over", "history", "units"]
