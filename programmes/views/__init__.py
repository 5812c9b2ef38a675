"""The learner's pages, and those of the people who lead units."""
