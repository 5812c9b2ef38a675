import django.db.models.deletion
import foundation.identifiers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='message text')),
                ('url', models.CharField(blank=True, max_length=300, verbose_name='address to open')),
                ('sent_at', models.DateTimeField(verbose_name='sent')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'indexes': [models.Index(fields=['user', '-sent_at'], name='message_inbox'), models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='message_unread')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notifications.message', verbose_name='message')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('wecom', 'WeCom'), ('sms', 'text message'), ('webhook', 'webhook')], max_length=10, verbose_name='channel')),
                ('address', models.CharField(max_length=254, verbose_name='address')),
                ('state', models.CharField(choices=[('sent', 'sent'), ('failed', 'failed')], max_length=8, verbose_name='state')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('attempted_at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'wecom', 'sms', 'webhook'])), name='delivery_channel_known'), models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'failed'])), name='delivery_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('error', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('error', '')), _connector='OR'), name='delivery_failed_says_why')],
                'indexes': [models.Index(fields=['state', '-attempted_at'], name='delivery_by_state')],
            },
        ),
        migrations.CreateModel(
            name='Mute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'unsubscribed kind',
                'verbose_name_plural': 'unsubscribed kinds',
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='mute_once')],
            },
        ),
    ]
