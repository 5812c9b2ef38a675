"""The learner's pages and the address that saves answers."""
