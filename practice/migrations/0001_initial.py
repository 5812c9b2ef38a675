import django.db.models.deletion
import foundation.identifiers
import practice.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('programmes', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PractiseStep',
            fields=[
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='programmes.step', verbose_name='step')),
                ('required_deeds', models.PositiveSmallIntegerField(default=2, verbose_name='confirmed deeds required')),
            ],
            options={
                'verbose_name': 'practise step',
                'verbose_name_plural': 'practise steps',
                'constraints': [models.CheckConstraint(condition=models.Q(('required_deeds__gte', 1), ('required_deeds__lte', 50)), name='practise_step_asks_for_1_to_50')],
            },
        ),
        migrations.CreateModel(
            name='Deed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('practise_step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='practice.practisestep', verbose_name='practise step')),
                ('promise_key', models.CharField(blank=True, max_length=80, verbose_name='promise')),
                ('promise', models.TextField(blank=True, verbose_name='text of the promise')),
                ('sentence', models.CharField(max_length=200, verbose_name='what was done')),
                ('happened_on', models.DateField(verbose_name='day')),
                ('evidence', models.FileField(blank=True, max_length=120, storage=practice.models.private_storage, upload_to=practice.models.evidence_path, verbose_name='evidence')),
                ('evidence_type', models.CharField(blank=True, max_length=20, verbose_name='type of evidence')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('state', models.CharField(choices=[('submitted', 'waiting for confirmation'), ('confirmed', 'confirmed'), ('returned', 'returned'), ('withdrawn', 'taken back')], default='submitted', max_length=10, verbose_name='state')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason for returning')),
            ],
            options={
                'verbose_name': 'deed',
                'verbose_name_plural': 'deeds',
                'indexes': [models.Index(fields=['enrolment', 'practise_step', 'state'], name='deed_by_enrolment'), models.Index(fields=['state', 'recorded_at'], name='deed_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['submitted', 'confirmed', 'returned', 'withdrawn'])), name='deed_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('confirmed', 'returned')), ('decided_by__isnull', False), ('decided_at__isnull', False)), models.Q(models.Q(('state__in', ('confirmed', 'returned')), _negated=True), ('decided_by__isnull', True), ('decided_at__isnull', True)), _connector='OR'), name='deed_decided_names_who_and_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'returned'), _negated=True), ('reason', '')), _connector='OR'), name='deed_returned_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('evidence', ''), ('evidence_type', '')), models.Q(models.Q(('evidence', ''), _negated=True), models.Q(('evidence_type', ''), _negated=True)), _connector='OR'), name='deed_evidence_has_a_type'), models.CheckConstraint(condition=models.Q(models.Q(('promise', ''), ('promise_key', '')), models.Q(models.Q(('promise_key', ''), _negated=True), models.Q(('promise', ''), _negated=True)), _connector='OR'), name='deed_promise_key_has_a_text'), models.CheckConstraint(condition=models.Q(('sentence', ''), _negated=True), name='deed_says_something'), models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('enrolment', 'practise_step', 'promise_key', 'happened_on', 'sentence'), name='deed_recorded_once')],
            },
        ),
    ]
