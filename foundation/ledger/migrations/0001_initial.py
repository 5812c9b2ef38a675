import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_key', models.CharField(max_length=120, unique=True, verbose_name='event')),
                ('kind', models.CharField(choices=[('pledge', 'letter'), ('paper', 'exam paper'), ('scoring', 'scoring run'), ('template', 'letter template'), ('evidence', 'evidence of a signature'), ('key', 'key'), ('note', 'note')], max_length=10, verbose_name='kind')),
                ('op', models.CharField(choices=[('add', 'added'), ('amend', 'amended'), ('withdraw', 'withdrawn'), ('restore', 'restored'), ('expire', 'expired'), ('freeze', 'log ended')], max_length=10, verbose_name='what happened')),
                ('commitment', models.CharField(max_length=43, verbose_name='commitment')),
                ('acts_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.logentry', verbose_name='acts on')),
                ('created_at', models.DateTimeField(verbose_name='created')),
            ],
            options={
                'verbose_name': 'log entry',
                'verbose_name_plural': 'log entries',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['pledge', 'paper', 'scoring', 'template', 'evidence', 'key', 'note'])), name='log_entry_kind_known'), models.CheckConstraint(condition=models.Q(('op__in', ['add', 'amend', 'withdraw', 'restore', 'expire', 'freeze'])), name='log_entry_op_known'), models.CheckConstraint(condition=models.Q(models.Q(('acts_on', None), ('op', 'add')), models.Q(models.Q(('op', 'add'), _negated=True), ('acts_on__isnull', False)), _connector='OR'), name='log_entry_acts_on_an_earlier_one')],
            },
        ),
        migrations.CreateModel(
            name='LogWaiting',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='waiting', serialize=False, to='ledger.logentry', verbose_name='log entry')),
            ],
            options={
                'verbose_name': 'waiting log entry',
                'verbose_name_plural': 'waiting log entries',
            },
        ),
        migrations.CreateModel(
            name='LogPlace',
            fields=[
                ('place', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='place in the log')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='place', to='ledger.logentry', verbose_name='log entry')),
                ('logged_at', models.BigIntegerField(verbose_name='time in the log')),
                ('leaf', models.BinaryField(max_length=400, verbose_name='entry as published')),
            ],
            options={
                'verbose_name': 'place in the log',
                'verbose_name_plural': 'places in the log',
                'constraints': [models.CheckConstraint(condition=models.Q(('place__gte', 0)), name='log_place_counts_from_zero')],
            },
        ),
        migrations.CreateModel(
            name='LogState',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('origin', models.CharField(max_length=200, verbose_name='origin')),
                ('size', models.BigIntegerField(verbose_name='entries')),
                ('root', models.BinaryField(max_length=32, verbose_name='root hash')),
                ('checkpoint', models.TextField(verbose_name='signed checkpoint')),
                ('signed_at', models.DateTimeField(verbose_name='signed')),
            ],
            options={
                'verbose_name': 'state of the log',
                'verbose_name_plural': 'state of the log',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='log_state_one_row'), models.CheckConstraint(condition=models.Q(('size__gte', 0)), name='log_state_size_not_negative')],
            },
        ),
    ]
