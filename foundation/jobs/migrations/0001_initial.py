from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('payload', models.JSONField(default=dict, verbose_name='payload')),
                ('key', models.CharField(blank=True, max_length=160, null=True, unique=True, verbose_name='idempotency key')),
                ('state', models.CharField(choices=[('ready', 'waiting'), ('running', 'running'), ('done', 'done'), ('dead', 'failed for good')], default='ready', max_length=8, verbose_name='state')),
                ('run_at', models.DateTimeField(verbose_name='not before')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='lease until')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('error', models.TextField(blank=True, verbose_name='last error')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
            ],
            options={
                'verbose_name': 'background job',
                'verbose_name_plural': 'background jobs',
                'indexes': [models.Index(condition=models.Q(('state__in', ['ready', 'running'])), fields=['run_at'], name='job_due'), models.Index(fields=['state', '-id'], name='job_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['ready', 'running', 'done', 'dead'])), name='job_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until', None)), _connector='OR'), name='job_lease_only_while_running'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('finished_at', None)), _connector='OR'), name='job_finished_only_when_done')],
            },
        ),
    ]
