"""The one door from pledges to programmes."""
