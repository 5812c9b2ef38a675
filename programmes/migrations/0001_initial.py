import django.db.models.deletion
import foundation.identifiers
import programmes.models.tallies
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('organisations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('token', models.CharField(default=programmes.models.tallies.calendar_token, editable=False, max_length=32, unique=True)),
            ],
            options={
                'verbose_name': 'calendar feed',
                'verbose_name_plural': 'calendar feeds',
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short address')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='title in English')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('audience', models.CharField(choices=[('civil_servant', 'civil servants'), ('teacher', 'teachers'), ('primary', 'primary school pupils'), ('junior', 'junior secondary pupils'), ('senior', 'senior secondary pupils'), ('university', 'university students'), ('enterprise', 'enterprises')], max_length=16, verbose_name='audience')),
                ('opens_on', models.DateField(verbose_name='opens on')),
                ('closes_on', models.DateField(verbose_name='closes on')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('open', 'open'), ('closed', 'closed')], default='draft', max_length=8, verbose_name='state')),
            ],
            options={
                'verbose_name': 'programme',
                'verbose_name_plural': 'programmes',
                'constraints': [models.CheckConstraint(condition=models.Q(('audience__in', ['civil_servant', 'teacher', 'primary', 'junior', 'senior', 'university', 'enterprise'])), name='programme_audience_known'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'closed'])), name='programme_state_known'), models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='programme_closes_after_opening')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.programme', verbose_name='programme')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='in the name of')),
                ('position', models.CharField(blank=True, max_length=60, verbose_name='post contains')),
                ('joined_after', models.DateField(blank=True, null=True, verbose_name='joined on or after')),
                ('completed', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.programme', verbose_name='has completed')),
                ('not_completed', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.programme', verbose_name='has not completed')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('due_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days after joining')),
                ('renews_on', models.DateField(blank=True, null=True, verbose_name='next round begins on')),
                ('round', models.PositiveSmallIntegerField(default=1, verbose_name='round')),
                ('state', models.CharField(choices=[('running', 'running'), ('stopped', 'stopped')], default='running', max_length=8, verbose_name='state')),
                ('given_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                ('given_at', models.DateTimeField(verbose_name='given on')),
                ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped at')),
                ('units', models.ManyToManyField(related_name='+', to='organisations.organisation', verbose_name='units')),
                ('people', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='single people')),
            ],
            options={
                'verbose_name': 'assignment',
                'verbose_name_plural': 'assignments',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['running', 'stopped'])), name='assignment_state_known'), models.CheckConstraint(condition=models.Q(('due_on', None), ('due_days', None), _connector='OR'), name='assignment_one_kind_of_due_date'), models.CheckConstraint(condition=models.Q(('due_days', None), ('due_days__gte', 1), _connector='OR'), name='assignment_due_after_joining'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'stopped'), ('stopped_at__isnull', False)), models.Q(models.Q(('state', 'stopped'), _negated=True), ('stopped_at__isnull', True)), _connector='OR'), name='assignment_stopped_says_when')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.programme', verbose_name='programme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='home unit')),
                ('state', models.CharField(choices=[('active', 'active'), ('withdrawn', 'withdrawn from it'), ('past', 'an earlier round')], default='active', max_length=10, verbose_name='state')),
                ('enrolled_at', models.DateTimeField(verbose_name='enrolled')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('assignment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.assignment')),
                ('round', models.PositiveSmallIntegerField(default=1, verbose_name='round')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('end_reason', models.CharField(blank=True, choices=[('left', 'left the unit'), ('exempt', 'exempted'), ('stopped', 'the assignment was stopped'), ('renewed', 'a new round began'), ('by_hand', 'withdrawn by hand')], max_length=8, verbose_name='why it ended')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='all steps complete')),
                ('outlook', models.PositiveSmallIntegerField(choices=[(0, 'on track'), (1, 'due soon'), (2, 'may not make it'), (3, 'overdue')], default=0, verbose_name='outlook')),
            ],
            options={
                'verbose_name': 'enrolment',
                'verbose_name_plural': 'enrolments',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['active', 'withdrawn', 'past'])), name='enrolment_state_known'), models.CheckConstraint(condition=models.Q(('outlook__gte', 0), ('outlook__lte', 3)), name='enrolment_outlook_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(('end_reason', ''), ('ended_at', None)), _connector='OR'), name='enrolment_active_has_no_end'), models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('programme', 'user'), name='enrolment_one_active')],
                'indexes': [models.Index(fields=['organisation', 'programme'], name='enrolment_by_unit'), models.Index(condition=models.Q(('finished_at', None), ('state', 'active')), fields=['programme', '-outlook', 'due_on'], name='enrolment_to_chase')],
            },
        ),
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.programme', verbose_name='programme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('kind', models.CharField(choices=[('exempt', 'exemption'), ('extended', 'more time')], max_length=8, verbose_name='kind')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='granted by')),
                ('granted_at', models.DateTimeField(verbose_name='granted')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'exception for one person',
                'verbose_name_plural': 'exceptions for single people',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['exempt', 'extended'])), name='allowance_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'extended'), ('due_on__isnull', False)), models.Q(models.Q(('kind', 'extended'), _negated=True), ('due_on__isnull', True)), _connector='OR'), name='allowance_extension_has_a_day'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='allowance_says_why'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('programme', 'user'), name='allowance_one_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('kind', models.CharField(choices=[('assigned', 'assigned'), ('due_soon', 'due soon'), ('due', 'due'), ('overdue', 'overdue'), ('escalated', 'told to the manager'), ('by_hand', 'reminded by hand')], max_length=9, verbose_name='kind')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('sent_at', models.DateTimeField(verbose_name='sent')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['assigned', 'due_soon', 'due', 'overdue', 'escalated', 'by_hand'])), name='reminder_kind_known'), models.UniqueConstraint(condition=models.Q(('kind', 'by_hand'), _negated=True), fields=('enrolment', 'kind', 'due_on'), name='reminder_once_per_due_date'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'by_hand'), _negated=True), ('by__isnull', False), _connector='OR'), name='reminder_by_hand_has_a_sender')],
                'indexes': [models.Index(fields=['enrolment', 'kind', '-sent_at'], name='reminder_of_enrolment')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='programmes.programme', verbose_name='programme')),
                ('stage', models.PositiveSmallIntegerField(choices=[(1, 'Learn'), (2, 'Train'), (3, 'Test'), (4, 'Pledge'), (5, 'Practise')], verbose_name='stage')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position within the stage')),
                ('kind', models.CharField(choices=[('course', 'course'), ('session', 'training session'), ('drill', 'drill'), ('exam', 'exam'), ('survey', 'self-assessment'), ('pledge', 'commitment letter'), ('practise', 'deeds')], max_length=10, verbose_name='kind')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='title in English')),
            ],
            options={
                'verbose_name': 'step',
                'verbose_name_plural': 'steps',
                'constraints': [models.CheckConstraint(condition=models.Q(('stage__gte', 1), ('stage__lte', 5)), name='step_stage_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['course', 'session', 'drill', 'exam', 'survey', 'pledge', 'practise'])), name='step_kind_known'), models.UniqueConstraint(fields=('programme', 'stage', 'position'), name='step_place_taken_once')],
            },
        ),
        migrations.CreateModel(
            name='StepCompletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.step', verbose_name='step')),
                ('completed_at', models.DateTimeField(verbose_name='completed')),
                ('source', models.CharField(max_length=80, verbose_name='on the strength of')),
                ('counted', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'step completion',
                'verbose_name_plural': 'step completions',
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'step'), name='completion_once')],
                'indexes': [models.Index(condition=models.Q(('counted', False)), fields=['id'], name='completion_uncounted')],
            },
        ),
        migrations.CreateModel(
            name='UnitStepTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.programme')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation')),
                ('measure', models.CharField(choices=[('enrolled', 'taking part'), ('step', 'completed a step'), ('finished', 'all steps complete'), ('doubtful', 'may not make it')], max_length=8)),
                ('step', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.step')),
                ('people', models.IntegerField()),
            ],
            options={
                'verbose_name': 'tally of a unit',
                'verbose_name_plural': 'tallies of units',
                'constraints': [models.CheckConstraint(condition=models.Q(('measure__in', ['enrolled', 'step', 'finished', 'doubtful'])), name='tally_measure_known'), models.CheckConstraint(condition=models.Q(models.Q(('measure', 'step'), ('step__isnull', False)), models.Q(models.Q(('measure', 'step'), _negated=True), ('step', None)), _connector='OR'), name='tally_step_only_of_steps')],
                'indexes': [models.Index(fields=['programme', 'organisation', 'measure', 'step'], name='tally_by_unit')],
            },
        ),
        migrations.CreateModel(
            name='WeekTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.programme')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation')),
                ('week_on', models.DateField(verbose_name='Monday of the week')),
                ('enrolled', models.PositiveIntegerField(verbose_name='taking part')),
                ('finished', models.PositiveIntegerField(verbose_name='all steps complete')),
            ],
            options={
                'verbose_name': 'week of a unit',
                'verbose_name_plural': 'weeks of units',
                'constraints': [models.UniqueConstraint(fields=('programme', 'organisation', 'week_on'), name='week_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='filters', to='programmes.assignment')),
                ('field', models.CharField(choices=[('kind', 'kind of unit'), ('role', 'role'), ('grade', 'grade')], max_length=8, verbose_name='field')),
                ('value', models.CharField(max_length=60, verbose_name='value')),
            ],
            options={
                'verbose_name': 'filter of an assignment',
                'verbose_name_plural': 'filters of assignments',
                'constraints': [models.CheckConstraint(condition=models.Q(('field__in', ['kind', 'role', 'grade'])), name='assignment_filter_known'), models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='assignment_filter_not_empty'), models.UniqueConstraint(fields=('assignment', 'field', 'value'), name='assignment_filter_once')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='programmes.assignment')),
                ('round', models.PositiveSmallIntegerField(verbose_name='round')),
                ('state', models.CharField(choices=[('running', 'under way'), ('stopped', 'stopped'), ('done', 'done')], default='running', max_length=8, verbose_name='state')),
                ('phase', models.CharField(choices=[('join', 'enrolling'), ('leave', 'looking for those who left')], default='join', max_length=5, verbose_name='phase')),
                ('cursor', models.BigIntegerField(default=0)),
                ('expected', models.PositiveIntegerField(default=0, verbose_name='expected')),
                ('joined', models.PositiveIntegerField(default=0, verbose_name='enrolled')),
                ('moved', models.PositiveIntegerField(default=0, verbose_name='moved')),
                ('left', models.PositiveIntegerField(default=0, verbose_name='people who left')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
            ],
            options={
                'verbose_name': 'pass of an assignment',
                'verbose_name_plural': 'passes of assignments',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['running', 'stopped', 'done'])), name='assignment_run_state_known'), models.CheckConstraint(condition=models.Q(('phase__in', ['join', 'leave'])), name='assignment_run_phase_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), ('finished_at__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('finished_at__isnull', True)), _connector='OR'), name='assignment_run_done_says_when'), models.UniqueConstraint(condition=models.Q(('state', 'done'), _negated=True), fields=('assignment',), name='assignment_one_run_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('week_on', models.DateField(verbose_name='Monday of the week')),
                ('sent_at', models.DateTimeField(verbose_name='sent')),
            ],
            options={
                'verbose_name': 'weekly summary',
                'verbose_name_plural': 'weekly summaries',
                'constraints': [models.UniqueConstraint(fields=('user', 'week_on'), name='digest_once_a_week')],
            },
        ),
    ]
