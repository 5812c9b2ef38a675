import django.db.models.deletion
import foundation.identifiers
import foundation.storage
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def make_words(apps, schema_editor):
    """The full-text table: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL. Its rows follow the items'."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE TABLE exams_itemwords (item_id bigint PRIMARY KEY, words tsvector NOT NULL)")
        schema_editor.execute("CREATE INDEX exams_itemwords_gin ON exams_itemwords USING gin (words)")
    else:
        schema_editor.execute("CREATE VIRTUAL TABLE exams_itemwords USING fts5(words, tokenize = \"unicode61\")")


def drop_words(apps, schema_editor):
    schema_editor.execute("DROP TABLE exams_itemwords")


def index_what_is_there(apps, schema_editor):
    """The items that are there get their rows from a job, as soon as a worker runs."""
    if apps.get_model("exams", "Item").objects.exists():
        now = timezone.now()
        apps.get_model("jobs", "Job").objects.get_or_create(
            key="exams.index_items:0110", defaults={"kind": "exams.index_items", "run_at": now, "created_at": now}
        )


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0002_point_named_once_everywhere'),
        ('jobs', '0001_initial'),
        ('wagtailimages', '0027_image_description'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('verb', models.CharField(max_length=12, verbose_name='change')),
                ('value', models.JSONField(null=True, verbose_name='new value')),
                ('items', models.JSONField(verbose_name='items')),
                ('before', models.JSONField(default=dict, verbose_name='values before')),
                ('refused', models.JSONField(default=list, verbose_name='left alone')),
                ('state', models.CharField(choices=[('running', 'running'), ('done', 'done'), ('undone', 'undone')], default='running', max_length=8, verbose_name='state')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='items done')),
                ('made_at', models.DateTimeField(verbose_name='made')),
            ],
            options={
                'verbose_name': 'change to many items',
                'verbose_name_plural': 'changes to many items',
            },
        ),
        migrations.CreateModel(
            name='ItemComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=2000, verbose_name='comment')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
            ],
            options={
                'verbose_name': 'comment on an item',
                'verbose_name_plural': 'comments on items',
            },
        ),
        migrations.CreateModel(
            name='ItemIndex',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='index', serialize=False, to='exams.item', verbose_name='exam item')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('ready', 'ready'), ('retired', 'retired')], max_length=10, verbose_name='state')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('has_picture', models.BooleanField(default=False, verbose_name='has a picture')),
                ('used_at', models.DateTimeField(null=True, verbose_name='last asked')),
                ('likeness', models.PositiveSmallIntegerField(null=True, verbose_name='likeness (per cent)')),
            ],
            options={
                'verbose_name': "row of the bank's index",
                'verbose_name_plural': "rows of the bank's index",
            },
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('file', models.FileField(storage=foundation.storage.PrivateStorage(), upload_to='exams/pictures', verbose_name='file')),
                ('media_type', models.CharField(max_length=20, verbose_name='media type')),
                ('width', models.PositiveSmallIntegerField(verbose_name='width')),
                ('height', models.PositiveSmallIntegerField(verbose_name='height')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256 of the file')),
                ('taken_at', models.DateTimeField(verbose_name='taken')),
            ],
            options={
                'verbose_name': 'picture of an item',
                'verbose_name_plural': 'pictures of items',
            },
        ),
        migrations.RemoveConstraint(
            model_name='blueprintsection',
            name='section_type_known',
        ),
        migrations.RemoveConstraint(
            model_name='item',
            name='item_type_known',
        ),
        migrations.AddField(
            model_name='item',
            name='language',
            field=models.CharField(choices=[('zh-Hans', 'simplified Chinese'), ('zh-Hant', 'traditional Chinese'), ('en', 'English')], default='zh-Hans', max_length=8, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='blueprintsection',
            name='type',
            field=models.CharField(blank=True, choices=[('single', 'single choice'), ('multiple', 'multiple choice'), ('true_false', 'true or false'), ('blank', 'fill in'), ('ordering', 'put in order'), ('matching', 'match'), ('short', 'short answer'), ('scenario', 'case with several questions'), ('survey', 'rating')], max_length=10, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='item',
            name='type',
            field=models.CharField(choices=[('single', 'single choice'), ('multiple', 'multiple choice'), ('true_false', 'true or false'), ('blank', 'fill in'), ('ordering', 'put in order'), ('matching', 'match'), ('short', 'short answer'), ('scenario', 'case with several questions'), ('survey', 'rating')], max_length=10, verbose_name='type'),
        ),
        migrations.AddConstraint(
            model_name='blueprintsection',
            constraint=models.CheckConstraint(condition=models.Q(('type', ''), ('type__in', ['single', 'multiple', 'true_false', 'blank', 'ordering', 'matching', 'short', 'scenario', 'survey']), _connector='OR'), name='section_type_known'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['single', 'multiple', 'true_false', 'blank', 'ordering', 'matching', 'short', 'scenario', 'survey'])), name='item_type_known'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['zh-Hans', 'zh-Hant', 'en'])), name='item_language_known'),
        ),
        migrations.AddField(
            model_name='bulkchange',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='itemcomment',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='itemcomment',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='exams.item', verbose_name='exam item'),
        ),
        migrations.AddField(
            model_name='itemcomment',
            name='resolved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddField(
            model_name='itemcomment',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.itemversion', verbose_name='version'),
        ),
        migrations.AddField(
            model_name='itemindex',
            name='author',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='itemindex',
            name='newest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exams.itemversion', verbose_name='version'),
        ),
        migrations.AddField(
            model_name='itemindex',
            name='twin',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exams.item', verbose_name='most like'),
        ),
        migrations.AddField(
            model_name='picture',
            name='image',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailimages.image', verbose_name='image in the library'),
        ),
        migrations.AddConstraint(
            model_name='bulkchange',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'done', 'undone'])), name='bulk_change_state_known'),
        ),
        migrations.AddConstraint(
            model_name='itemcomment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), models.Q(models.Q(('resolved_at__isnull', False), _negated=True), ('resolved_by__isnull', True)), _connector='OR'), name='comment_settled_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='itemcomment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something'),
        ),
        migrations.AddIndex(
            model_name='itemindex',
            index=models.Index(fields=['state', 'item'], name='item_index_by_state'),
        ),
        migrations.AddIndex(
            model_name='itemindex',
            index=models.Index(fields=['author', 'item'], name='item_index_by_author'),
        ),
        migrations.AddIndex(
            model_name='itemindex',
            index=models.Index(fields=['changed_at', 'item'], name='item_index_by_change'),
        ),
        migrations.AddIndex(
            model_name='itemindex',
            index=models.Index(fields=['used_at', 'item'], name='item_index_by_use'),
        ),
        migrations.AddIndex(
            model_name='itemindex',
            index=models.Index(condition=models.Q(('has_picture', True)), fields=['item'], name='item_index_pictures'),
        ),
        migrations.AddIndex(
            model_name='itemindex',
            index=models.Index(condition=models.Q(('twin__isnull', False)), fields=['twin'], name='item_index_twins'),
        ),
        migrations.AddConstraint(
            model_name='itemindex',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'ready', 'retired'])), name='item_index_state_known'),
        ),
        migrations.AddConstraint(
            model_name='itemindex',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('twin__isnull', False), ('likeness__isnull', False)), models.Q(models.Q(('twin__isnull', False), _negated=True), ('likeness__isnull', True)), _connector='OR'), name='item_index_twin_and_likeness'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.CheckConstraint(condition=models.Q(('media_type__in', ['image/png', 'image/jpeg', 'image/webp'])), name='picture_media_type_known'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.CheckConstraint(condition=models.Q(('height__gte', 1), ('width__gte', 1)), name='picture_has_a_size'),
        ),
        migrations.RunPython(make_words, drop_words),
        migrations.RunPython(index_what_is_there, migrations.RunPython.noop),
    ]
