"""票决: ballots, their candidates and voices; a voice and its ticks only grow."""

import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from core.appendonly import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0011_printed_once'),
        ('stations', '0003_project_codes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('title', models.CharField(max_length=60, verbose_name='名称')),
                ('places', models.PositiveSmallIntegerField(verbose_name='选几件')),
                ('eligible', models.PositiveSmallIntegerField(verbose_name='应到几人')),
                ('state', models.CharField(choices=[('OPEN', '正在票决'), ('CLOSED', '有结果了'), ('CANCELLED', '取消了')], max_length=10, verbose_name='状态')),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('codes_made', models.PositiveSmallIntegerField(default=0, verbose_name='印了几张票')),
                ('given', models.PositiveSmallIntegerField(null=True, verbose_name='发出')),
                ('returned', models.PositiveSmallIntegerField(null=True, verbose_name='收回')),
                ('valid', models.PositiveSmallIntegerField(null=True, verbose_name='有效')),
                ('invalid', models.PositiveSmallIntegerField(null=True, verbose_name='废票')),
                ('cancelled_why', models.CharField(blank=True, max_length=300, verbose_name='为什么取消')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stations.region', verbose_name='县')),
            ],
            options={
                'verbose_name': '票决',
                'verbose_name_plural': '票决',
                'ordering': ['-opened_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='BallotItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('approvals', models.PositiveSmallIntegerField(null=True, verbose_name='赞成')),
                ('result', models.CharField(blank=True, choices=[('PASSED', '通过'), ('FAILED', '没有通过'), ('TIED', '票数相同，没有定下来')], max_length=6, verbose_name='结果')),
                ('ballot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='projects.ballot')),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballot_items', to='projects.projectidea')),
            ],
            options={
                'verbose_name': '票决的项目',
                'verbose_name_plural': '票决的项目',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='BallotVoice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_valid', models.BooleanField(verbose_name='有效')),
                ('ballot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voices', to='projects.ballot')),
            ],
            options={
                'verbose_name': '票',
                'verbose_name_plural': '票',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='BallotTick',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticks', to='projects.ballotitem')),
                ('voice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticks', to='projects.ballotvoice')),
            ],
            options={
                'verbose_name': '票上的勾',
                'verbose_name_plural': '票上的勾',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PaperEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_hash', models.CharField(editable=False, max_length=64)),
                ('ticks', models.JSONField(default=list)),
                ('is_spoiled', models.BooleanField(default=False, verbose_name='废票')),
                ('ballot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='projects.ballot')),
                ('clerk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '登记了一半的纸票',
                'verbose_name_plural': '登记了一半的纸票',
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(('eligible__range', (5, 1000)), ('places__gte', 1)), name='ballot_numbers_sensible'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(('codes_made__lte', models.F('eligible'))), name='ballot_no_more_slips_than_people'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state', 'OPEN')), models.Q(('closed_at__isnull', False), ('state__in', ['CLOSED', 'CANCELLED'])), _connector='OR'), name='ballot_state_known'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given__lte', models.F('codes_made')), ('returned', django.db.models.expressions.CombinedExpression(models.F('valid'), '+', models.F('invalid'))), ('returned__lte', models.F('given')), ('state', 'CLOSED')), models.Q(models.Q(('state', 'CLOSED'), _negated=True), ('given', None), ('invalid', None), ('returned', None), ('valid', None)), _connector='OR'), name='ballot_numbers_add_up'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'CANCELLED'), _negated=True), models.Q(('cancelled_why', ''), _negated=True), _connector='OR'), name='ballot_cancelled_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='ballotitem',
            constraint=models.UniqueConstraint(fields=('ballot', 'idea'), name='ballot_item_once'),
        ),
        migrations.AddConstraint(
            model_name='ballotitem',
            constraint=models.UniqueConstraint(fields=('ballot', 'position'), name='ballot_item_place'),
        ),
        migrations.AddConstraint(
            model_name='ballotitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approvals', None), ('result', '')), models.Q(('approvals__isnull', False), ('result__in', ['PASSED', 'FAILED', 'TIED'])), _connector='OR'), name='ballot_item_result_with_voices'),
        ),
        migrations.AddConstraint(
            model_name='ballottick',
            constraint=models.UniqueConstraint(fields=('voice', 'item'), name='ballot_tick_once'),
        ),
        migrations.AddConstraint(
            model_name='paperentry',
            constraint=models.UniqueConstraint(fields=('code_hash', 'clerk'), name='paper_entry_once_a_clerk'),
        ),
        append_only("projects_ballotvoice"),
        append_only("projects_ballottick"),
    ]
