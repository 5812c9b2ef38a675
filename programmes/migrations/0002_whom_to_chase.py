from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="enrolment", name="enrolment_to_chase"),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                fields=["programme", "-outlook", "due_on"],
                condition=models.Q(finished_at=None),
                name="enrolment_to_chase",
            ),
        ),
    ]
