"""Item bank, drills and exams."""
