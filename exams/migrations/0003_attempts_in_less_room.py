"""Attempts, scores and answers in less room. The rows stay what they say: they are written again, not changed."""

import json

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import exams.models.packed
from foundation.writeonce import lifting


def pack_drawn(apps, editor):
    """JSON as text becomes ids and points."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, drawn FROM exams_attempt WHERE drawn LIKE '[%%'", [])
        rows = [(exams.models.packed.packed_drawn(json.loads(text)), pk) for pk, text in cursor.fetchall()]
        cursor.executemany("UPDATE exams_attempt SET drawn = %s WHERE id = %s", rows)


def pack_scores(apps, editor):
    """The JSON columns into the packed ones."""
    Score = apps.get_model("exams", "Score")
    for score in Score.objects.iterator(chunk_size=2000):
        score.packed_marks, score.packed_by_topic = score.marks, score.by_topic
        score.save(update_fields=["packed_marks", "packed_by_topic"])


def settle(apps, editor):
    """PostgreSQL alters no table whose foreign keys are still to be checked at the end of the transaction."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


COLUMNS = "attempt_id, received_at, epoch, seq, position, late, value"
COPY = f"INSERT INTO exams_response ({COLUMNS}) SELECT {COLUMNS} FROM exams_responseasbefore"  # noqa: S608


PROTECT = django.db.models.deletion.PROTECT


def responses():
    """The largest table, its columns without gaps between them."""
    return migrations.CreateModel(
        name="Response",
        fields=[
            (
                "pk",
                models.CompositePrimaryKey(
                    "attempt", "epoch", "seq", blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            (
                "attempt",
                models.ForeignKey(
                    db_index=False,
                    on_delete=PROTECT,
                    related_name="responses",
                    to="exams.attempt",
                    verbose_name="attempt",
                ),
            ),
            ("received_at", models.DateTimeField(verbose_name="received")),
            ("epoch", models.PositiveIntegerField(verbose_name="epoch")),
            ("seq", models.PositiveIntegerField(verbose_name="sequence number")),
            ("position", models.PositiveSmallIntegerField(verbose_name="question number")),
            ("late", models.BooleanField(default=False, verbose_name="late")),
            ("value", models.TextField(verbose_name="answer")),
        ],
        options={"verbose_name": "response", "verbose_name_plural": "responses"},
    )


def leaner_indexes():
    """Indexes that another one covers go."""
    return [
        migrations.RemoveConstraint("attempt", "attempt_uses_a_grant_once"),
        migrations.AlterField(
            "attempt",
            "enrolment",
            models.ForeignKey(
                db_index=False,
                on_delete=PROTECT,
                related_name="+",
                to="programmes.enrolment",
                verbose_name="enrolment",
            ),
        ),
        migrations.AlterField(
            "attempt",
            "grant",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=PROTECT,
                related_name="attempts",
                to="exams.extraattempt",
                verbose_name="granted by",
            ),
        ),
        migrations.AlterField(
            "score",
            "approved_by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AlterField(
            "score",
            "attempt",
            models.ForeignKey(
                db_index=False,
                on_delete=PROTECT,
                related_name="scores",
                to="exams.attempt",
                verbose_name="attempt",
            ),
        ),
        migrations.AddIndex(
            "score",
            models.Index(
                condition=models.Q(approved_by__isnull=False), fields=["approved_by"], name="score_again_by_decider"
            ),
        ),
        migrations.AddConstraint(
            "attempt",
            models.UniqueConstraint(
                condition=~models.Q(state="void") & models.Q(grant__isnull=False),
                fields=("enrolment", "grant"),
                name="attempt_uses_a_grant_once",
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("exams", "0002_class_work"),
        ("programmes", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        lifting("exams_attempt", "exams_response", "exams_score"),
        # What was asked: ids and points instead of lists of lists.
        migrations.AlterField("attempt", "drawn", exams.models.packed.DrawnField(verbose_name="drawn items")),
        migrations.RunPython(pack_drawn, migrations.RunPython.noop),
        migrations.RunPython(settle, migrations.RunPython.noop),
        # What each answer earned: deflated.
        migrations.AddField("score", "packed_marks", exams.models.packed.PackedField(null=True)),
        migrations.AddField("score", "packed_by_topic", exams.models.packed.PackedField(null=True)),
        migrations.RunPython(pack_scores, migrations.RunPython.noop),
        migrations.RunPython(settle, migrations.RunPython.noop),
        migrations.RemoveField("score", "marks"),
        migrations.RemoveField("score", "by_topic"),
        migrations.RenameField("score", "packed_marks", "marks"),
        migrations.RenameField("score", "packed_by_topic", "by_topic"),
        migrations.AlterField("score", "marks", exams.models.packed.PackedField(verbose_name="marks")),
        migrations.AlterField("score", "by_topic", exams.models.packed.PackedField(verbose_name="by topic")),
        # Answers: the same rows, 8 bytes less each.
        migrations.RenameModel("Response", "ResponseAsBefore"),
        responses(),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RunPython(settle, migrations.RunPython.noop),
        migrations.DeleteModel("ResponseAsBefore"),
        *leaner_indexes(),
    ]
