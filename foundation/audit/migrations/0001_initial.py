import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='actor id')),
                ('actor', models.CharField(max_length=150, verbose_name='actor')),
                ('action', models.CharField(max_length=80, verbose_name='action')),
                ('target', models.CharField(max_length=120, verbose_name='target')),
                ('details', models.JSONField(default=dict, verbose_name='details')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='network address')),
                ('succeeded', models.BooleanField(default=True, verbose_name='succeeded')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'indexes': [models.Index(fields=['target', '-id'], name='audit_by_target')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.entry', verbose_name='entry')),
                ('position', models.BigIntegerField(unique=True, verbose_name='position')),
                ('digest', models.CharField(max_length=64, verbose_name='chain hash')),
                ('sealed_at', models.DateTimeField(verbose_name='sealed')),
            ],
            options={
                'verbose_name': 'audit chain link',
                'verbose_name_plural': 'audit chain links',
            },
        ),
    ]
