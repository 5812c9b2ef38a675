"""An attempt is found by session and enrolment at once; indexes that begin another one are dropped.

SQLite would remake both tables for `db_index`: the indexes are dropped by name instead, which is the same everywhere.
"""

import django.db.models.deletion
from django.db import migrations, models

SPARE = {
    "exams_attempt_session_id_c8127bd5": ("exams_attempt", "session_id"),
    "exams_response_attempt_id_d250d9ca": ("exams_response", "attempt_id"),
}


class Migration(migrations.Migration):
    dependencies = [("exams", "0009_makeup_window")]

    operations = [
        migrations.RemoveIndex(model_name="attempt", name="attempt_by_session"),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("session__isnull", False)),
                fields=["session", "enrolment", "number"],
                name="attempt_by_session",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f'DROP INDEX "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{column}")')
                for name, (table, column) in SPARE.items()
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="attempt",
                    name="session",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="exams.session",
                        verbose_name="session",
                    ),
                ),
                migrations.AlterField(
                    model_name="response",
                    name="attempt",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="exams.attempt",
                        verbose_name="attempt",
                    ),
                ),
            ],
        ),
    ]
