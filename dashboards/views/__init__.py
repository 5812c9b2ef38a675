"""The pages of who leads units, and of the credit office."""
