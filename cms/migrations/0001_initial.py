import cms.blocks.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('organisations', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
            ],
            options={
                'verbose_name': 'list of cases',
                'verbose_name_plural': 'lists of cases',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='HandbookChapterPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
                ('body', cms.blocks.fields.StreamField(blank=True, verbose_name='body')),
            ],
            options={
                'verbose_name': 'handbook chapter',
                'verbose_name_plural': 'handbook chapters',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='HandbookIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
            ],
            options={
                'verbose_name': 'handbook',
                'verbose_name_plural': 'handbooks',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
                ('hero_title', models.CharField(help_text='A full-width comma ends the first line.', max_length=40, verbose_name='large words')),
                ('access_note', models.CharField(blank=True, max_length=120, verbose_name='who signs in how')),
            ],
            options={
                'verbose_name': 'home page',
                'verbose_name_plural': 'home pages',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='NoticeIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
            ],
            options={
                'verbose_name': 'list of notices',
                'verbose_name_plural': 'lists of notices',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='NoticePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
                ('published_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='day')),
                ('body', cms.blocks.fields.StreamField(blank=True, verbose_name='body')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='StandardPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
                ('body', cms.blocks.fields.StreamField(blank=True, verbose_name='body')),
            ],
            options={
                'verbose_name': 'standard page',
                'verbose_name_plural': 'standard pages',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='CreditOfficeTask',
            fields=[
                ('task_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.task')),
                ('groups', models.ManyToManyField(help_text='Pages/snippets at this step in a workflow will be moderated or approved by these groups of users', to='auth.group', verbose_name='groups')),
            ],
            options={
                'verbose_name': 'credit office review',
                'verbose_name_plural': 'credit office reviews',
            },
            bases=('wagtailcore.task',),
        ),
        migrations.CreateModel(
            name='SiteSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, to='wagtailcore.site')),
                ('site_name', models.CharField(blank=True, max_length=40, verbose_name='name of the site')),
                ('tagline', models.CharField(blank=True, max_length=80, verbose_name='line under the name')),
                ('city', models.CharField(blank=True, max_length=40, verbose_name='city')),
                ('sponsor', models.CharField(blank=True, max_length=120, verbose_name='sponsor')),
                ('organiser', models.CharField(blank=True, max_length=120, verbose_name='run by')),
                ('hours', models.CharField(blank=True, max_length=120, verbose_name='hours')),
                ('contact', models.CharField(blank=True, max_length=200, verbose_name='how to reach us')),
                ('site_code', models.CharField(blank=True, max_length=20, verbose_name='government website code')),
                ('icp_number', models.CharField(blank=True, max_length=40, verbose_name='ICP filing number')),
                ('police_number', models.CharField(blank=True, max_length=60, verbose_name='public security filing number')),
            ],
            options={
                'verbose_name': 'site settings',
                'verbose_name_plural': 'site settings',
            },
        ),
        migrations.CreateModel(
            name='CasePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.TextField(blank=True, max_length=400, verbose_name='lead')),
                ('kind', models.CharField(choices=[('incentive', 'incentive for keeping faith'), ('sanction', 'sanction for breaking faith')], max_length=9, verbose_name='kind')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='department')),
                ('period', models.CharField(blank=True, max_length=40, verbose_name='period')),
                ('occurred_on', models.DateField(blank=True, null=True, verbose_name='happened on')),
                ('basis', cms.blocks.fields.StreamField(blank=True, help_text='Documents with their numbers. A sanction must name at least one.', verbose_name='basis')),
                ('subjects', models.TextField(blank=True, help_text='Numbers, not names.', verbose_name='who it concerns')),
                ('procedure', models.TextField(blank=True, verbose_name='procedure')),
                ('measures', models.TextField(blank=True, verbose_name='measures')),
                ('effect', models.TextField(blank=True, verbose_name='effect')),
                ('publish_until', models.DateField(blank=True, help_text='Required for a sanction: it comes down after it.', null=True, verbose_name='published until')),
                ('is_historical', models.BooleanField(default=False, verbose_name='historical material')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['incentive', 'sanction'])), name='case_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'sanction'), _negated=True), ('publish_until__isnull', False), _connector='OR'), name='case_sanction_ends', violation_error_message='A sanction needs the day on which its publication ends.')],
            },
            bases=('wagtailcore.page',),
        ),
    ]
