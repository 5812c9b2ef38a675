"""Learn and train: courses, lessons, training sessions."""
