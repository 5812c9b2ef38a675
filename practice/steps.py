"""The one door from practice to programmes."""
