import django.contrib.auth.models
import django.core.validators
import django.utils.timezone
import foundation.identifiers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('public_id', models.CharField(default=foundation.identifiers.code12, editable=False, max_length=12, unique=True, verbose_name='public id')),
                ('username', models.CharField(error_messages={'unique': 'Somebody has this username already.'}, help_text='Letters, digits and @ . + - _ # only.', max_length=150, unique=True, validators=[django.core.validators.RegexValidator('^[\\w.@+\\-#]+\\Z', 'Letters, digits and @ . + - _ # only.')], verbose_name='username')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='full name')),
                ('employee_number', models.CharField(blank=True, max_length=40, null=True, unique=True, verbose_name='employee number')),
                ('phone', models.CharField(blank=True, max_length=20, null=True, unique=True, verbose_name='mobile phone')),
                ('student_number', models.CharField(blank=True, db_index=True, max_length=40, null=True, verbose_name='student number')),
                ('id_digest', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ('id_mask', models.CharField(blank=True, editable=False, max_length=18, verbose_name='ID number')),
                ('age_class', models.CharField(choices=[('adult', '18 or older'), ('minor', '14 to 17'), ('child', 'under 14')], default='adult', max_length=5, verbose_name='age class')),
                ('has_consent', models.BooleanField(default=False, editable=False, verbose_name="guardian's consent in force")),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'constraints': [models.CheckConstraint(condition=models.Q(('age_class__in', ['adult', 'minor', 'child'])), name='user_age_class_known'), models.CheckConstraint(condition=models.Q(models.Q(('age_class', 'child'), _negated=True), ('is_active', False), ('has_consent', True), _connector='OR'), name='user_child_active_only_with_consent', violation_error_message="A child under 14 has no active account before a guardian's consent is recorded."), models.CheckConstraint(condition=models.Q(models.Q(('employee_number', ''), _negated=True), models.Q(('phone', ''), _negated=True)), name='user_numbers_null_not_empty'), models.CheckConstraint(condition=models.Q(('student_number', ''), _negated=True), name='user_student_number_null_not_empty'), models.CheckConstraint(condition=models.Q(models.Q(('id_digest', None), ('id_mask', '')), models.Q(('id_digest__isnull', False), models.Q(('id_mask', ''), _negated=True), models.Q(('id_digest', ''), _negated=True)), _connector='OR'), name='user_id_digest_with_mask')],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
    ]
