import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import foundation.identifiers
import organisations.models.tree
import pledges.models.requests
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('ledger', '0001_initial'),
        ('organisations', '0001_initial'),
        ('programmes', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=8, unique=True, verbose_name='beginning of the key')),
                ('secret_sha256', models.CharField(max_length=64, verbose_name='hash of the secret')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='accepting unit')),
                ('name', models.CharField(max_length=80, verbose_name='what it is for')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
            ],
            options={
                'verbose_name': "key of a department's system",
                'verbose_name_plural': "keys of departments' systems",
                'constraints': [models.CheckConstraint(condition=models.Q(('secret_sha256__regex', '^[0-9a-f]{64}$')), name='api_key_secret_hashed')],
            },
        ),
        migrations.CreateModel(
            name='CodeCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('district', models.CharField(max_length=6, verbose_name='administrative division code')),
                ('day', models.DateField(verbose_name='day')),
                ('latest', models.PositiveIntegerField(default=0, verbose_name='latest serial')),
            ],
            options={
                'verbose_name': 'pledge code counter',
                'verbose_name_plural': 'pledge code counters',
                'constraints': [models.UniqueConstraint(fields=('district', 'day'), name='counter_once_per_day')],
            },
        ),
        migrations.CreateModel(
            name='IssuerKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(max_length=200, unique=True, verbose_name='address of the key')),
                ('multibase', models.CharField(max_length=60, unique=True, verbose_name='public key')),
                ('since', models.DateTimeField(verbose_name='in use since')),
                ('salt', models.BinaryField(max_length=32, verbose_name='salt')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.logentry', verbose_name='log entry')),
            ],
            options={
                'verbose_name': 'issuer key',
                'verbose_name_plural': 'issuer keys',
            },
        ),
        migrations.CreateModel(
            name='LetterTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short address')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='title in English')),
                ('audience', models.CharField(choices=[('civil_servant', 'civil servants'), ('teacher', 'teachers'), ('primary', 'primary school pupils'), ('junior', 'junior secondary pupils'), ('senior', 'senior secondary pupils'), ('university', 'university students'), ('reviewer', 'project reviewers'), ('organisation', 'enterprises and other organisations')], max_length=16, verbose_name='audience')),
                ('pledge_type', models.CharField(choices=[('approval', 'in place of approval'), ('tolerance', 'documents to follow'), ('certificate', 'in place of a certificate'), ('repair', 'credit repair'), ('industry', 'self-discipline of a trade'), ('voluntary', 'voluntary'), ('other', 'other')], max_length=12, verbose_name='pledge type')),
                ('subject', models.CharField(choices=[('person', 'person'), ('organisation', 'organisation'), ('class', 'class')], max_length=12, verbose_name='who promises')),
                ('publication', models.CharField(choices=[('public', 'may be public'), ('limited', 'limited'), ('none', 'never public')], max_length=8, verbose_name='widest publication')),
                ('validity_days', models.PositiveIntegerField(blank=True, help_text='Empty: without an end.', null=True, verbose_name='valid for (days)')),
                ('accepting_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='accepting unit')),
                ('withdrawable', models.BooleanField(default=True, help_text='Not for letters in place of approval, for special funds or for repair: the unit ends those.', verbose_name='the signer may withdraw')),
            ],
            options={
                'verbose_name': 'letter template',
                'verbose_name_plural': 'letter templates',
                'constraints': [models.CheckConstraint(condition=models.Q(('audience__in', ['civil_servant', 'teacher', 'primary', 'junior', 'senior', 'university', 'reviewer', 'organisation'])), name='template_audience_known'), models.CheckConstraint(condition=models.Q(('pledge_type__in', ['approval', 'tolerance', 'certificate', 'repair', 'industry', 'voluntary', 'other'])), name='template_pledge_type_known'), models.CheckConstraint(condition=models.Q(('subject__in', ['person', 'organisation', 'class'])), name='template_subject_known'), models.CheckConstraint(condition=models.Q(('publication__in', ['public', 'limited', 'none'])), name='template_publication_known'), models.CheckConstraint(condition=models.Q(models.Q(('subject', 'class'), _negated=True), ('publication', 'none'), _connector='OR'), name='template_class_never_public'), models.CheckConstraint(condition=models.Q(('validity_days', None), ('validity_days__gt', 0), _connector='OR'), name='template_validity_positive')],
            },
        ),
        migrations.CreateModel(
            name='LetterVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='pledges.lettertemplate', verbose_name='template')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('preamble', models.TextField(blank=True, max_length=2000, verbose_name='preamble')),
                ('clauses', models.JSONField(verbose_name='clauses')),
                ('breach_liability', models.TextField(max_length=4000, verbose_name='breach liability')),
                ('reason', models.CharField(max_length=512, verbose_name='reason')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('ready', 'ready to sign')], default='draft', max_length=10, verbose_name='state')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewer')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('frozen_at', models.DateTimeField(blank=True, null=True, verbose_name='frozen')),
            ],
            options={
                'verbose_name': 'letter version',
                'verbose_name_plural': 'letter versions',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'ready'])), name='version_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), ('reviewer__isnull', False), ('frozen_at__isnull', False)), models.Q(models.Q(('state', 'ready'), _negated=True), ('reviewer__isnull', True), ('frozen_at__isnull', True)), _connector='OR'), name='version_ready_means_reviewed_and_frozen'), models.CheckConstraint(condition=models.Q(('reviewer', models.F('author')), _negated=True), name='version_reviewed_by_a_second_person'), models.UniqueConstraint(fields=('template', 'number'), name='version_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'ready'), _negated=True), fields=('template',), name='version_one_open_per_template')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='verification code')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='pledge code')),
                ('district', models.CharField(max_length=6, verbose_name='administrative division code')),
                ('made_on', models.DateField(verbose_name='made on')),
                ('signed_at', models.DateTimeField(verbose_name='signed')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pledges.letterversion', verbose_name='letter version')),
                ('signer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='signer')),
                ('enrolment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.enrolment', verbose_name='enrolment')),
                ('step', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.step', verbose_name='step')),
                ('subject', models.CharField(choices=[('person', 'person'), ('organisation', 'organisation'), ('class', 'class')], max_length=12, verbose_name='who promises')),
                ('audience', models.CharField(choices=[('civil_servant', 'civil servants'), ('teacher', 'teachers'), ('primary', 'primary school pupils'), ('junior', 'junior secondary pupils'), ('senior', 'senior secondary pupils'), ('university', 'university students'), ('reviewer', 'project reviewers'), ('organisation', 'enterprises and other organisations')], max_length=16, verbose_name='audience')),
                ('visibility', models.CharField(choices=[('named', 'by name'), ('unit', 'unit only'), ('none', 'not public')], max_length=8, verbose_name='visibility')),
                ('signer_is_minor', models.BooleanField(verbose_name='the signer is under 18')),
                ('state', models.CharField(choices=[('in_force', 'in force'), ('withdrawn', 'withdrawn')], default='in_force', max_length=10, verbose_name='state')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9]{20}$')), name='letter_code_twenty_digits'), models.CheckConstraint(condition=models.Q(('code__startswith', django.db.models.functions.text.Concat(models.F('district'), django.db.models.functions.text.Replace(django.db.models.functions.comparison.Cast('made_on', models.CharField()), models.Value('-'), models.Value('')), output_field=models.CharField()))), name='letter_code_names_division_and_day'), models.CheckConstraint(condition=models.Q(('subject__in', ['person', 'organisation', 'class'])), name='letter_subject_known'), models.CheckConstraint(condition=models.Q(('audience__in', ['civil_servant', 'teacher', 'primary', 'junior', 'senior', 'university', 'reviewer', 'organisation'])), name='letter_audience_known'), models.CheckConstraint(condition=models.Q(('visibility__in', ['named', 'unit', 'none'])), name='letter_visibility_known'), models.CheckConstraint(condition=models.Q(('state__in', ['in_force', 'withdrawn'])), name='letter_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', True)), _connector='OR'), name='letter_withdrawn_has_its_moment'), models.CheckConstraint(condition=models.Q(('visibility', 'none'), models.Q(('signer_is_minor', False), models.Q(('subject', 'class'), _negated=True)), _connector='OR'), name='letter_of_a_minor_or_class_never_public'), models.CheckConstraint(condition=models.Q(models.Q(('enrolment', None), ('signer', None), ('version', None)), models.Q(('signer__isnull', False), ('version__isnull', False)), _connector='OR'), name='letter_version_and_signer_together'), models.CheckConstraint(condition=models.Q(models.Q(('enrolment', None), ('step', None)), models.Q(('enrolment__isnull', False), ('step__isnull', False)), _connector='OR'), name='letter_step_and_enrolment_together'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('made_on')), _connector='OR'), name='letter_valid_after_made'), models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('enrolment', 'step'), name='letter_signed_once_per_step')],
                'indexes': [models.Index(fields=['signer', '-signed_at'], name='letter_by_signer')],
            },
        ),
        migrations.CreateModel(
            name='LetterPdf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pdf', to='pledges.letter', verbose_name='letter')),
                ('file', models.CharField(max_length=200, verbose_name='file')),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('rendered_at', models.DateTimeField(verbose_name='rendered')),
            ],
            options={
                'verbose_name': 'letter PDF',
                'verbose_name_plural': 'letter PDFs',
            },
        ),
        migrations.CreateModel(
            name='LetterRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='record', to='pledges.letter', verbose_name='letter')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='title in English')),
                ('subject_name', models.CharField(max_length=200, verbose_name='name')),
                ('subject_category', models.CharField(choices=[('legal', 'legal person or other organisation'), ('natural', 'natural person'), ('self_employed', 'self-employed business')], max_length=14, verbose_name='category')),
                ('subject_id_code', models.CharField(blank=True, max_length=18, verbose_name='identification code')),
                ('unit_name', models.CharField(max_length=200, verbose_name='unit')),
                ('public_name', models.CharField(blank=True, max_length=200, verbose_name='name shown in public')),
                ('public_unit', models.CharField(blank=True, max_length=200, verbose_name='unit shown in public')),
                ('pledge_type', models.CharField(choices=[('approval', 'in place of approval'), ('tolerance', 'documents to follow'), ('certificate', 'in place of a certificate'), ('repair', 'credit repair'), ('industry', 'self-discipline of a trade'), ('voluntary', 'voluntary'), ('other', 'other')], max_length=12, verbose_name='pledge type')),
                ('reason', models.CharField(max_length=512, verbose_name='reason')),
                ('preamble', models.TextField(blank=True, verbose_name='preamble')),
                ('clauses', models.JSONField(verbose_name='clauses')),
                ('breach_liability', models.TextField(verbose_name='breach liability')),
                ('accepting_unit', models.CharField(max_length=200, verbose_name='accepting unit')),
                ('accepting_unit_uscc', models.CharField(blank=True, max_length=18, verbose_name='code of the accepting unit')),
                ('publication_type', models.CharField(choices=[('public', 'may be public'), ('limited', 'limited'), ('none', 'never public')], max_length=8, verbose_name='publication type')),
                ('made_on', models.DateField(verbose_name='made on')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('digest', models.CharField(max_length=64, verbose_name='text hash')),
            ],
            options={
                'verbose_name': 'letter record',
                'verbose_name_plural': 'letter records',
                'constraints': [models.CheckConstraint(condition=models.Q(('subject_category__in', ['legal', 'natural', 'self_employed'])), name='record_category_known'), models.CheckConstraint(condition=models.Q(('pledge_type__in', ['approval', 'tolerance', 'certificate', 'repair', 'industry', 'voluntary', 'other'])), name='record_pledge_type_known'), models.CheckConstraint(condition=models.Q(('publication_type__in', ['public', 'limited', 'none'])), name='record_publication_known')],
            },
        ),
        migrations.CreateModel(
            name='LetterRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=pledges.models.requests.link_token, editable=False, max_length=24, unique=True, verbose_name='link')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pledges.lettertemplate', verbose_name='letter template')),
                ('organisation_name', models.CharField(max_length=200, verbose_name='organisation')),
                ('uscc', models.CharField(max_length=18, validators=[organisations.models.tree.validate_uscc], verbose_name='unified social credit code')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('expires_on', models.DateField(verbose_name='link works until')),
                ('state', models.CharField(choices=[('open', 'waiting for the organisation'), ('signed', 'signed'), ('cancelled', 'cancelled')], default='open', max_length=10, verbose_name='state')),
                ('letter', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request', to='pledges.letter', verbose_name='letter')),
            ],
            options={
                'verbose_name': 'letter request',
                'verbose_name_plural': 'letter requests',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'signed', 'cancelled'])), name='request_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'signed'), ('letter__isnull', False)), models.Q(models.Q(('state', 'signed'), _negated=True), ('letter__isnull', True)), _connector='OR'), name='request_signed_means_letter')],
                'indexes': [models.Index(fields=['template', '-created_at'], name='request_by_template')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationSigning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='signing', to='pledges.letter', verbose_name='letter')),
                ('handler_name', models.CharField(max_length=60, verbose_name='handler')),
                ('handler_role', models.CharField(max_length=60, verbose_name='position')),
                ('is_member', models.BooleanField(verbose_name='belongs to the organisation here')),
                ('authorisation', models.CharField(blank=True, max_length=200, verbose_name='authorisation')),
                ('scan', models.CharField(blank=True, max_length=200, verbose_name='stamped scan')),
                ('scan_type', models.CharField(blank=True, max_length=20, verbose_name='type of the scan')),
                ('scan_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the scan')),
                ('scan_is_public', models.BooleanField(verbose_name='the scan may be public')),
            ],
            options={
                'verbose_name': "organisation's signing",
                'verbose_name_plural': "organisations' signings",
                'constraints': [models.CheckConstraint(condition=models.Q(('is_member', True), models.Q(('authorisation', ''), _negated=True), _connector='OR'), name='signing_member_or_authorised'), models.CheckConstraint(condition=models.Q(('scan_is_public', False), models.Q(('scan', ''), _negated=True), _connector='OR'), name='signing_public_scan_exists')],
            },
        ),
        migrations.CreateModel(
            name='PledgeStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programmes.step', verbose_name='step')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pledges.lettertemplate', verbose_name='letter template')),
            ],
            options={
                'verbose_name': 'pledge step',
                'verbose_name_plural': 'pledge steps',
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='publication', to='pledges.letter', verbose_name='letter')),
                ('published_at', models.DateTimeField(db_index=True, verbose_name='published')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
            },
        ),
        migrations.CreateModel(
            name='PublicRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='public_record', to='pledges.letter', verbose_name='letter')),
                ('body', models.TextField(verbose_name='record as published')),
                ('salt', models.BinaryField(max_length=32, verbose_name='salt')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.logentry', verbose_name='log entry')),
            ],
            options={
                'verbose_name': 'public record',
                'verbose_name_plural': 'public records',
                'constraints': [models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='public_record_has_a_body')],
            },
        ),
        migrations.CreateModel(
            name='SealedEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sealed', to='pledges.letter', verbose_name='letter')),
                ('sealed', models.BinaryField(verbose_name='encrypted evidence')),
                ('entry', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.logentry', verbose_name='log entry')),
            ],
            options={
                'verbose_name': 'sealed evidence',
                'verbose_name_plural': 'sealed evidence',
            },
        ),
        migrations.CreateModel(
            name='SigningEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='pledges.letter', verbose_name='letter')),
                ('typed_name', models.CharField(blank=True, max_length=60, verbose_name='name as typed')),
                ('method', models.CharField(max_length=20, verbose_name='method')),
                ('level', models.CharField(choices=[('submitted', 'signed with the accepting unit, which sent it'), ('confirmed', 'confirmed while signed in'), ('reauthenticated', 'password entered again and name typed')], max_length=16, verbose_name='level')),
                ('opened_at', models.DateTimeField(verbose_name='letter opened')),
                ('read_to_end_at', models.DateTimeField(blank=True, null=True, verbose_name='scrolled to the end')),
                ('confirmed_reading', models.BooleanField(verbose_name='says to have read all of it')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='network address')),
                ('user_agent', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('text_digest', models.CharField(max_length=64, verbose_name='hash of the text shown')),
            ],
            options={
                'verbose_name': 'signing evidence',
                'verbose_name_plural': 'signing evidence',
                'constraints': [models.CheckConstraint(condition=models.Q(('level__in', ['submitted', 'confirmed', 'reauthenticated'])), name='evidence_level_known'), models.CheckConstraint(condition=models.Q(('confirmed_reading', True)), name='evidence_reading_confirmed'), models.CheckConstraint(condition=models.Q(('read_to_end_at', None), ('read_to_end_at__gte', models.F('opened_at')), _connector='OR'), name='evidence_end_after_opening')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='submission', to='pledges.letter', verbose_name='letter')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='accepting unit')),
                ('source_code', models.CharField(max_length=64, verbose_name="the sender's code")),
                ('digest', models.CharField(max_length=64, verbose_name='hash of what was sent')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pledges.apikey', verbose_name='key')),
                ('received_at', models.DateTimeField(verbose_name='received')),
            ],
            options={
                'verbose_name': 'letter sent by a department',
                'verbose_name_plural': 'letters sent by departments',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'source_code'), name='submission_once_per_source_code')],
            },
        ),
    ]
