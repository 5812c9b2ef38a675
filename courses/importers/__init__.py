"""What uploaded films and recordings say about themselves."""

from courses.importers.films import duration_of, kind_of_file

__all__ = ["duration_of", "kind_of_file"]
