"""Pages of the people who lead units."""

from organisations.views.units import units

__all__ = ["units"]
