import cms.blocks.fields
import courses.models.courseware
import django.core.validators
import django.db.models.deletion
import foundation.identifiers
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('organisations', '0001_initial'),
        ('programmes', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
        ('wagtaildocs', '0014_alter_document_file_size'),
    ]

    operations = [
        migrations.CreateModel(
            name='CourseIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.CharField(blank=True, max_length=200, verbose_name='introduction')),
            ],
            options={
                'verbose_name': 'course list',
                'verbose_name_plural': 'course lists',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='LessonPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('summary', models.CharField(blank=True, max_length=200, verbose_name='summary')),
                ('minutes', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minutes')),
                ('body', cms.blocks.fields.StreamField(verbose_name='sections')),
            ],
            options={
                'verbose_name': 'lesson',
                'verbose_name_plural': 'lessons',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='CoursePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='title in English')),
                ('summary', models.CharField(max_length=300, verbose_name='summary')),
                ('audience', models.CharField(choices=[('civil_servant', 'civil servants'), ('teacher', 'teachers'), ('primary', 'primary school pupils'), ('junior', 'junior secondary pupils'), ('senior', 'senior secondary pupils'), ('university', 'university students'), ('enterprise', 'enterprises')], max_length=16, verbose_name='audience')),
                ('credit_hours', models.DecimalField(decimal_places=1, default=0, max_digits=4, validators=[django.core.validators.MinValueValidator(0)], verbose_name='credit hours')),
                ('cover', models.CharField(choices=[('jade', 'jade'), ('indigo', 'indigo'), ('ochre', 'ochre'), ('plum', 'plum'), ('ink', 'ink')], default='jade', max_length=8, verbose_name='cover colour')),
                ('cover_title', models.CharField(max_length=8, verbose_name='title on the cover')),
                ('is_public', models.BooleanField(default=False, verbose_name='anyone may read it')),
                ('minimum_seconds', models.PositiveIntegerField(default=0, verbose_name='minimum seconds for each lesson')),
                ('no_seek', models.BooleanField(default=False, verbose_name='videos must be played through')),
                ('check_in', models.BooleanField(default=False, verbose_name='learners check in before each lesson')),
            ],
            options={
                'verbose_name': 'course',
                'verbose_name_plural': 'courses',
                'constraints': [models.CheckConstraint(condition=models.Q(('audience__in', ['civil_servant', 'teacher', 'primary', 'junior', 'senior', 'university', 'enterprise'])), name='course_audience_known'), models.CheckConstraint(condition=models.Q(('cover__in', ['jade', 'indigo', 'ochre', 'plum', 'ink'])), name='course_cover_known'), models.CheckConstraint(condition=models.Q(('credit_hours__gte', 0)), name='course_hours_not_negative')],
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='CourseStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.step', verbose_name='step')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.coursepage', verbose_name='course')),
            ],
            options={
                'verbose_name': 'course of a step',
                'verbose_name_plural': 'courses of steps',
            },
        ),
        migrations.CreateModel(
            name='Courseware',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtaildocs.document', verbose_name='document')),
                ('file_hash', models.CharField(max_length=40, verbose_name='hash of the file')),
                ('state', models.CharField(choices=[('pending', 'being prepared'), ('ready', 'ready'), ('failed', 'cannot be shown')], default='pending', max_length=8, verbose_name='state')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='why it cannot be shown')),
            ],
            options={
                'verbose_name': 'courseware',
                'verbose_name_plural': 'courseware',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'ready', 'failed'])), name='courseware_state_known')],
            },
        ),
        migrations.CreateModel(
            name='CoursewareSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('courseware', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='courses.courseware', verbose_name='courseware')),
                ('number', models.PositiveSmallIntegerField(verbose_name='page')),
                ('image', models.FileField(upload_to=courses.models.courseware.sheet_path, verbose_name='picture')),
                ('width', models.PositiveIntegerField(verbose_name='width')),
                ('height', models.PositiveIntegerField(verbose_name='height')),
                ('text', models.TextField(blank=True, verbose_name='text')),
            ],
            options={
                'verbose_name': 'courseware page',
                'verbose_name_plural': 'courseware pages',
                'constraints': [models.UniqueConstraint(fields=('courseware', 'number'), name='sheet_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.coursepage', verbose_name='course')),
                ('clear', models.PositiveSmallIntegerField(verbose_name='clear')),
                ('useful', models.PositiveSmallIntegerField(verbose_name='useful')),
                ('length', models.PositiveSmallIntegerField(verbose_name='length')),
                ('examples', models.PositiveSmallIntegerField(verbose_name='examples')),
                ('questions', models.PositiveSmallIntegerField(verbose_name='questions')),
                ('comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
            ],
            options={
                'verbose_name': 'course evaluation',
                'verbose_name_plural': 'course evaluations',
                'constraints': [models.CheckConstraint(condition=models.Q(('clear__gte', 1), ('clear__lte', 5)), name='evaluation_clear_one_to_five'), models.CheckConstraint(condition=models.Q(('useful__gte', 1), ('useful__lte', 5)), name='evaluation_useful_one_to_five'), models.CheckConstraint(condition=models.Q(('length__gte', 1), ('length__lte', 5)), name='evaluation_length_one_to_five'), models.CheckConstraint(condition=models.Q(('examples__gte', 1), ('examples__lte', 5)), name='evaluation_examples_one_to_five'), models.CheckConstraint(condition=models.Q(('questions__gte', 1), ('questions__lte', 5)), name='evaluation_questions_one_to_five')],
            },
        ),
        migrations.CreateModel(
            name='EvaluationReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.coursepage', verbose_name='course')),
                ('given_at', models.DateTimeField(verbose_name='given')),
            ],
            options={
                'verbose_name': 'evaluation receipt',
                'verbose_name_plural': 'evaluation receipts',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'course'), name='evaluated_once')],
            },
        ),
        migrations.CreateModel(
            name='LessonCompletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.lessonpage', verbose_name='lesson')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.revision', verbose_name='revision')),
                ('completed_at', models.DateTimeField(verbose_name='completed')),
            ],
            options={
                'verbose_name': 'lesson completion',
                'verbose_name_plural': 'lesson completions',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'lesson'), name='lesson_completed_once')],
            },
        ),
        migrations.CreateModel(
            name='LessonVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.lessonpage', verbose_name='lesson')),
                ('opened_at', models.DateTimeField(verbose_name='first opened')),
                ('checked_in_at', models.DateTimeField(blank=True, null=True, verbose_name='checked in')),
                ('last_section', models.CharField(blank=True, max_length=36, verbose_name='section read last')),
                ('last_at', models.DateTimeField(verbose_name='last read')),
            ],
            options={
                'verbose_name': 'lesson visit',
                'verbose_name_plural': 'lesson visits',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'lesson'), name='visit_once_per_lesson')],
            },
        ),
        migrations.CreateModel(
            name='MediaPlay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.lessonpage', verbose_name='lesson')),
                ('block', models.CharField(max_length=36, verbose_name='video')),
                ('seconds', models.FloatField(default=0, verbose_name='seconds played')),
                ('reported_at', models.DateTimeField(verbose_name='last report')),
            ],
            options={
                'verbose_name': 'video played',
                'verbose_name_plural': 'videos played',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'lesson', 'block'), name='play_once_per_video'), models.CheckConstraint(condition=models.Q(('seconds__gte', 0)), name='play_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='MediaUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('title', models.CharField(max_length=255, verbose_name='title')),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('received', models.PositiveBigIntegerField(default=0, verbose_name='received')),
                ('started_at', models.DateTimeField(verbose_name='started')),
            ],
            options={
                'verbose_name': 'upload in pieces',
                'verbose_name_plural': 'uploads in pieces',
                'constraints': [models.CheckConstraint(condition=models.Q(('received__lte', models.F('size'))), name='upload_not_beyond_its_size')],
            },
        ),
        migrations.CreateModel(
            name='QuestionAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.lessonpage', verbose_name='lesson')),
                ('question', models.CharField(max_length=36, verbose_name='question')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.revision', verbose_name='revision')),
                ('choice', models.PositiveSmallIntegerField(verbose_name='choice')),
                ('is_correct', models.BooleanField(verbose_name='right')),
                ('answered_at', models.DateTimeField(verbose_name='answered')),
            ],
            options={
                'verbose_name': 'answer to a check question',
                'verbose_name_plural': 'answers to check questions',
                'indexes': [models.Index(fields=['enrolment', 'lesson'], name='answer_by_lesson')],
            },
        ),
        migrations.CreateModel(
            name='SecondBodyTask',
            fields=[
                ('task_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.task')),
                ('groups', models.ManyToManyField(help_text='Pages/snippets at this step in a workflow will be moderated or approved by these groups of users', to='auth.group', verbose_name='groups')),
            ],
            options={
                'verbose_name': 'review by a second body',
                'verbose_name_plural': 'reviews by a second body',
            },
            bases=('wagtailcore.task',),
        ),
        migrations.CreateModel(
            name='SectionRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.lessonpage', verbose_name='lesson')),
                ('section', models.CharField(max_length=36, verbose_name='section')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.revision', verbose_name='revision')),
                ('read_at', models.DateTimeField(verbose_name='read')),
            ],
            options={
                'verbose_name': 'section read',
                'verbose_name_plural': 'sections read',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'lesson', 'section'), name='section_read_once')],
            },
        ),
        migrations.CreateModel(
            name='TrainingSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('course', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.coursepage', verbose_name='course')),
                ('organiser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='organiser')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='organising unit')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='place')),
                ('live_url', models.URLField(blank=True, verbose_name='address of the live room')),
                ('capacity', models.PositiveIntegerField(verbose_name='places')),
                ('taken', models.PositiveIntegerField(default=0, editable=False, verbose_name='places taken')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('open', 'open for sign-up'), ('closed', 'sign-up closed'), ('cancelled', 'cancelled')], default='draft', max_length=10, verbose_name='state')),
            ],
            options={
                'verbose_name': 'training session',
                'verbose_name_plural': 'training sessions',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'closed', 'cancelled'])), name='session_state_known'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_start'), models.CheckConstraint(condition=models.Q(('taken__lte', models.F('capacity'))), name='session_not_overbooked'), models.CheckConstraint(condition=models.Q(('live_url', ''), ('place', ''), _negated=True), name='session_is_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.trainingsession', verbose_name='training session')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('signed_up_at', models.DateTimeField(verbose_name='signed up')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='given back')),
            ],
            options={
                'verbose_name': 'sign-up',
                'verbose_name_plural': 'sign-ups',
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at', None)), fields=('session', 'enrolment'), name='signup_one_place_each')],
            },
        ),
        migrations.CreateModel(
            name='SessionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.step', verbose_name='step')),
                ('sessions', models.ManyToManyField(related_name='+', to='courses.trainingsession', verbose_name='sessions that count')),
            ],
            options={
                'verbose_name': 'sessions of a step',
                'verbose_name_plural': 'sessions of steps',
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.trainingsession', verbose_name='training session')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('method', models.CharField(choices=[('list', 'list'), ('code', 'code on the screen')], max_length=4, verbose_name='how')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('attended_at', models.DateTimeField(verbose_name='recorded')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='revoked by')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendances',
                'constraints': [models.CheckConstraint(condition=models.Q(('method__in', ['list', 'code'])), name='attendance_method_known'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(models.Q(('revoked_at__isnull', False), _negated=True), ('revoked_by__isnull', True)), _connector='OR'), name='attendance_revoked_by_somebody'), models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('session', 'enrolment'), name='attendance_once')],
            },
        ),
        migrations.CreateModel(
            name='CourseCompletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.coursepage', verbose_name='course')),
                ('credit_hours', models.DecimalField(decimal_places=1, max_digits=4, verbose_name='credit hours')),
                ('completed_at', models.DateTimeField(verbose_name='completed')),
            ],
            options={
                'verbose_name': 'course completion',
                'verbose_name_plural': 'course completions',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'course'), name='course_completed_once')],
            },
        ),
    ]
