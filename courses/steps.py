"""The one door from courses to programmes."""
