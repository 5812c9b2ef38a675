import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import foundation.identifiers
import organisations.models.rosters
import organisations.models.tree
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Profession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('order', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'key profession',
                'verbose_name_plural': 'key professions',
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='belongs to')),
                ('path', models.CharField(editable=False, max_length=255, null=True, unique=True, verbose_name='path')),
                ('kind', models.CharField(choices=[('city', 'whole city'), ('department', 'government department'), ('section', 'section of a department'), ('school', 'school'), ('grade', 'grade'), ('class', 'class'), ('enterprise', 'enterprise')], max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='short name')),
                ('code', models.CharField(default=foundation.identifiers.code8, max_length=40, unique=True, verbose_name='code')),
                ('uscc', models.CharField(blank=True, max_length=18, null=True, unique=True, validators=[organisations.models.tree.validate_uscc], verbose_name='unified social credit code')),
                ('district_code', models.CharField(blank=True, max_length=6, validators=[organisations.models.tree.validate_district], verbose_name='administrative division code')),
                ('stage', models.CharField(blank=True, choices=[('primary', 'primary school'), ('junior', 'junior secondary school'), ('senior', 'senior secondary school'), ('vocational', 'vocational school'), ('university', 'university')], max_length=10, verbose_name='stage of education')),
                ('order', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('is_participating', models.BooleanField(default=True, verbose_name='takes part')),
                ('is_sensitive', models.BooleanField(default=False, verbose_name='never named in public')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='merged into')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['city', 'department', 'section', 'school', 'grade', 'class', 'enterprise'])), name='organisation_kind_known'), models.CheckConstraint(condition=models.Q(('uscc', ''), _negated=True), name='organisation_uscc_null_not_empty'), models.CheckConstraint(condition=models.Q(('uscc', None), django.db.models.lookups.Exact(django.db.models.functions.text.Length('uscc'), 18), _connector='OR'), name='organisation_uscc_has_18_characters'), models.CheckConstraint(condition=models.Q(('district_code', ''), django.db.models.lookups.Exact(django.db.models.functions.text.Length('district_code'), 6), _connector='OR'), name='organisation_district_code_has_6_digits'), models.CheckConstraint(condition=models.Q(('stage__in', ['', 'primary', 'junior', 'senior', 'vocational', 'university'])), name='organisation_stage_known'), models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='organisation_not_below_itself'), models.CheckConstraint(condition=models.Q(('merged_into', None), ('closed_on__isnull', False), _connector='OR'), name='organisation_merged_is_closed')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('kind', models.CharField(choices=[('created', 'set up'), ('changed', 'changed'), ('moved', 'moved'), ('closed', 'closed'), ('merged', 'merged into another'), ('absorbed', 'took another in'), ('handed', 'duty handed over'), ('year', 'new school year')], max_length=8, verbose_name='what happened')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('actor', models.CharField(max_length=150, verbose_name='by whom')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
            ],
            options={
                'verbose_name': 'event of a unit',
                'verbose_name_plural': 'events of units',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['created', 'changed', 'moved', 'closed', 'merged', 'absorbed', 'handed', 'year'])), name='organisation_event_kind_known')],
                'indexes': [models.Index(fields=['organisation', '-id'], name='event_by_organisation')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('role', models.CharField(choices=[('member', 'member'), ('coordinator', 'coordinator'), ('teacher', 'class teacher'), ('manager', 'manager'), ('reporter', 'reporter')], default='member', max_length=12, verbose_name='role')),
                ('position', models.CharField(blank=True, max_length=60, verbose_name='post held')),
                ('profession', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.profession', verbose_name='key profession')),
                ('seat', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='seat number')),
                ('is_home', models.BooleanField(default=False, verbose_name='home unit')),
                ('from_on', models.DateField(verbose_name='from')),
                ('until_on', models.DateField(blank=True, null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['member', 'coordinator', 'teacher', 'manager', 'reporter'])), name='membership_role_known'), models.UniqueConstraint(condition=models.Q(('is_home', True), ('until_on', None)), fields=('user',), name='membership_one_home_unit'), models.UniqueConstraint(condition=models.Q(('until_on', None)), fields=('user', 'organisation', 'role'), name='membership_once_per_role'), models.CheckConstraint(condition=models.Q(('until_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='membership_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='RosterColumns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation')),
                ('words', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'remembered columns',
                'verbose_name_plural': 'remembered columns',
            },
        ),
        migrations.CreateModel(
            name='RosterImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('filename', models.CharField(max_length=200, verbose_name='file name')),
                ('file', models.FileField(blank=True, editable=False, max_length=120, storage=organisations.models.rosters.private_storage, upload_to='')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('headers', models.JSONField(default=list, editable=False)),
                ('is_complete', models.BooleanField(default=False, verbose_name='the file names everybody of the organisation')),
                ('makes_units', models.BooleanField(default=False, verbose_name='make missing grades, classes and sections')),
                ('is_valid_only', models.BooleanField(default=False, editable=False)),
                ('state', models.CharField(choices=[('reading', 'roster is being read'), ('failed', 'file cannot be read'), ('preview', 'waits for your decision'), ('applying', 'being put in'), ('applied', 'put in'), ('undoing', 'being taken back'), ('undone', 'taken back'), ('discarded', 'put away')], default='reading', max_length=9, verbose_name='state')),
                ('error', models.CharField(blank=True, editable=False, max_length=200)),
                ('expected', models.PositiveIntegerField(default=0, editable=False)),
                ('done', models.PositiveIntegerField(default=0, editable=False)),
                ('total', models.PositiveIntegerField(default=0, verbose_name='people in the file')),
                ('skipped', models.JSONField(default=list, editable=False)),
                ('made_units', models.JSONField(default=list, editable=False)),
                ('is_rolled_back', models.BooleanField(default=False, editable=False)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('created_at', models.DateTimeField(verbose_name='uploaded')),
                ('applied_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='put in')),
            ],
            options={
                'verbose_name': 'roster import',
                'verbose_name_plural': 'roster imports',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['reading', 'failed', 'preview', 'applying', 'applied', 'undoing', 'undone', 'discarded'])), name='roster_state_known'), models.CheckConstraint(condition=models.Q(('error', ''), ('state__in', ['failed', 'preview']), _connector='OR'), name='roster_error_told'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['applying', 'applied', 'undoing', 'undone']), ('applied_at__isnull', False)), models.Q(models.Q(('state__in', ['applying', 'applied', 'undoing', 'undone']), _negated=True), ('applied_at__isnull', True)), _connector='OR'), name='roster_applied_at'), models.UniqueConstraint(condition=models.Q(('state__in', ['applying', 'undoing'])), fields=('organisation',), name='roster_one_at_work_per_organisation')],
                'indexes': [models.Index(fields=['organisation', '-id'], name='roster_by_organisation')],
            },
        ),
        migrations.CreateModel(
            name='RosterLeaver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leavers', to='organisations.rosterimport')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.membership')),
                ('is_chosen', models.BooleanField(default=False)),
                ('ended', models.JSONField(null=True)),
            ],
            options={
                'verbose_name': 'leaver of a roster',
                'verbose_name_plural': 'leavers of a roster',
                'constraints': [models.UniqueConstraint(fields=('roster', 'membership'), name='roster_leaver_once')],
            },
        ),
        migrations.CreateModel(
            name='RosterRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='organisations.rosterimport')),
                ('order', models.PositiveIntegerField()),
                ('sheet', models.CharField(blank=True, max_length=60)),
                ('row', models.PositiveIntegerField()),
                ('cell', models.CharField(blank=True, max_length=12)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('values', models.JSONField(default=dict)),
                ('parts', models.JSONField(default=list)),
                ('kind', models.CharField(blank=True, max_length=5)),
                ('id_digest', models.CharField(blank=True, max_length=64)),
                ('id_mask', models.CharField(blank=True, max_length=18)),
                ('flaws', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('new', 'new'), ('changed', 'changed'), ('unchanged', 'unchanged'), ('error', 'wrong')], max_length=9)),
                ('reasons', models.JSONField(default=list)),
                ('changes', models.JSONField(default=dict)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='organisations.organisation')),
                ('is_applied', models.BooleanField(default=False)),
                ('before', models.JSONField(null=True)),
            ],
            options={
                'verbose_name': 'row of a roster',
                'verbose_name_plural': 'rows of a roster',
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['new', 'changed', 'unchanged', 'error'])), name='roster_row_status_known'), models.UniqueConstraint(fields=('roster', 'order'), name='roster_row_once'), models.CheckConstraint(condition=models.Q(('is_applied', False), ('status__in', ['new', 'changed']), _connector='OR'), name='roster_row_only_good_is_applied')],
                'indexes': [models.Index(fields=['roster', 'status', 'order'], name='roster_row_by_status')],
            },
        ),
        migrations.CreateModel(
            name='SchoolYearTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='school')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year of leaving school')),
                ('turned_on', models.DateField(verbose_name='new school year from')),
                ('changes', models.JSONField(default=dict, editable=False)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back on')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by')),
            ],
            options={
                'verbose_name': 'new school year',
                'verbose_name_plural': 'new school years',
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('school', 'year'), name='school_year_turns_once'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), models.Q(models.Q(('undone_at__isnull', False), _negated=True), ('undone_by__isnull', True)), _connector='OR'), name='school_year_undone_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='GuardianConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='child')),
                ('guardian', models.CharField(max_length=60, verbose_name='guardian')),
                ('method', models.CharField(choices=[('paper', 'signed paper'), ('meeting', 'in person'), ('online', 'online')], max_length=8, verbose_name='how')),
                ('text_version', models.CharField(max_length=40, verbose_name='version of the text')),
                ('given_at', models.DateTimeField(verbose_name='consent given')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='consent withdrawn')),
            ],
            options={
                'verbose_name': 'guardian consent',
                'verbose_name_plural': 'guardian consents',
                'constraints': [models.CheckConstraint(condition=models.Q(('method__in', ['paper', 'meeting', 'online'])), name='consent_method_known'), models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('user',), name='consent_one_in_force_per_child')],
            },
        ),
        migrations.CreateModel(
            name='IdentityConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='identity confirmed by')),
                ('confirmed_at', models.DateTimeField(verbose_name='identity confirmed')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmation withdrawn by')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmation withdrawn')),
            ],
            options={
                'verbose_name': 'identity confirmation',
                'verbose_name_plural': 'identity confirmations',
                'permissions': [('confirm_identity', 'Can confirm who a person is')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('user',), name='identity_confirmed_once_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), models.Q(models.Q(('withdrawn_at__isnull', False), _negated=True), ('withdrawn_by__isnull', True)), _connector='OR'), name='identity_withdrawn_by_somebody')],
            },
        ),
    ]
