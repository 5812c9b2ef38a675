"""The table that the view to compare with writes to; it exists in benchmark databases only."""

from django.conf import settings
from django.db import connection, models


class Row(models.Model):
    """One row, as small as an answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+")
    position = models.PositiveSmallIntegerField()
    value = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_row"

    def __str__(self) -> str:
        return f"{self.pk}"


def make_table() -> None:
    """Create it, once."""
    if Row._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Row)
