"""The five steps in order: programmes, enrolments and what is complete."""
