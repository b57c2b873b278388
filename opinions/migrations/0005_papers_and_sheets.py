import core.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
        ('opinions', '0004_supervision_cards'),
        ('stations', '0002_print_orders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('query', core.fields.EncryptedTextField(blank=True, default='', verbose_name='条件')),
                ('with_identity', models.BooleanField(default=False, verbose_name='带称呼和电话')),
                ('asked_at', models.DateTimeField(verbose_name='什么时候的情况')),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ledger_export', to='core.job')),
            ],
            options={
                'verbose_name': '台账导出',
                'verbose_name_plural': '台账导出',
            },
        ),
        migrations.CreateModel(
            name='PaperTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20, verbose_name='哪一种')),
                ('content', models.BinaryField()),
                ('file_name', models.CharField(max_length=120, verbose_name='文件名')),
                ('uploaded_at', models.DateTimeField(verbose_name='换上')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='换下')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁换的')),
            ],
            options={
                'verbose_name': '文书模板',
                'verbose_name_plural': '文书模板',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('kind',), name='paper_template_one_in_use')],
            },
        ),
        migrations.CreateModel(
            name='Sheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('LEDGER', '旧台账'), ('ANSWERS', '成批答复')], max_length=8, verbose_name='种类')),
                ('file_name', models.CharField(max_length=120, verbose_name='文件名')),
                ('rows', core.fields.EncryptedTextField(blank=True, default='', verbose_name='内容')),
                ('row_count', models.PositiveIntegerField(verbose_name='几行')),
                ('signature', models.CharField(max_length=64, verbose_name='表头')),
                ('columns', models.JSONField(default=dict, verbose_name='各栏是什么')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传')),
                ('result', models.JSONField(default=dict, verbose_name='结果')),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sheet', to='core.job')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁上传的')),
                ('station', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stations.station', verbose_name='融合站点')),
            ],
            options={
                'verbose_name': '上传的表格',
                'verbose_name_plural': '上传的表格',
                'indexes': [models.Index(fields=['signature', '-uploaded_at'], name='sheet_signature')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['LEDGER', 'ANSWERS'])), name='sheet_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'LEDGER'), _negated=True), ('station__isnull', False), _connector='OR'), name='sheet_ledger_has_station')],
            },
        ),
    ]
