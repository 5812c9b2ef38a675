import cms.blocks.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('organisations', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulletinIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
            ],
            options={
                'verbose_name': 'bulletin',
                'verbose_name_plural': 'bulletins',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='IssuePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
                ('masthead', models.CharField(default='信用工作简报', max_length=60, verbose_name='name in the masthead')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('number', models.PositiveSmallIntegerField(verbose_name='issue number')),
                ('total', models.PositiveIntegerField(unique=True, verbose_name='running total')),
                ('issued_on', models.DateField(verbose_name='day')),
                ('editorial_unit', models.CharField(max_length=120, verbose_name='edited by')),
                ('note', models.TextField(blank=True, max_length=400, verbose_name='note')),
                ('sections', cms.blocks.fields.StreamField(blank=True, verbose_name='sections')),
                ('matrix_title', models.CharField(blank=True, max_length=80, verbose_name='title of the matrix')),
                ('matrix_columns', models.TextField(blank=True, help_text='One name a line.', verbose_name='columns')),
                ('matrix_rows', models.TextField(blank=True, help_text='Paste from a spreadsheet: the unit and its cells: √ * 非考核项 未备案 12.', verbose_name='rows')),
                ('matrix_footnotes', models.TextField(blank=True, help_text='One a line.', verbose_name='footnotes')),
                ('matrix_is_public', models.BooleanField(default=False, verbose_name='everybody may see the matrix')),
                ('report_to', models.CharField(blank=True, max_length=300, verbose_name='reported to')),
                ('send_to', models.CharField(blank=True, max_length=300, verbose_name='sent to')),
                ('editor', models.CharField(blank=True, max_length=80, verbose_name='editor')),
                ('reviewer', models.CharField(blank=True, max_length=80, verbose_name='reviewer')),
            ],
            options={
                'verbose_name': 'issue',
                'verbose_name_plural': 'issues',
                'constraints': [models.UniqueConstraint(fields=('year', 'number'), name='issue_once_a_year'), models.CheckConstraint(condition=models.Q(('number__gte', 1), ('total__gte', 1)), name='issue_counts_from_one')],
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='NewsItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='unit')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('body', models.TextField(max_length=1000, verbose_name='text')),
                ('happened_on', models.DateField(blank=True, null=True, verbose_name='happened on')),
                ('further_units', models.CharField(blank=True, max_length=200, verbose_name='other reporting units')),
                ('state', models.CharField(choices=[('submitted', 'submitted'), ('accepted', 'accepted'), ('returned', 'returned')], default='submitted', editable=False, max_length=9, verbose_name='state')),
                ('reason', models.TextField(blank=True, editable=False, max_length=1000, verbose_name='reason for the return')),
                ('reported_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by')),
                ('submitted_at', models.DateTimeField(editable=False, verbose_name='submitted')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='decided')),
            ],
            options={
                'verbose_name': 'news report',
                'verbose_name_plural': 'news reports',
                'permissions': [('decide_newsitem', 'Can accept and return news reports')],
                'indexes': [models.Index(fields=['state', '-submitted_at'], name='news_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['submitted', 'accepted', 'returned'])), name='news_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'returned'), _negated=True), ('reason', '')), _connector='OR'), name='news_returned_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'submitted')), models.Q(models.Q(('state', 'submitted'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='news_decided_when_decided')],
            },
        ),
    ]
