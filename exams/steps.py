"""The one door from exams to programmes."""
