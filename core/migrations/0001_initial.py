"""The calendar days and background jobs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """First tables of the core."""

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="日期")),
                ("is_workday", models.BooleanField(verbose_name="上班")),
                (
                    "name",
                    models.CharField(
                        help_text="如“国庆节”“调休上班”，会写在期限的计算过程里。", max_length=40, verbose_name="名称"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="如“国务院办公厅关于 2027 年节假日安排的通知”。",
                        max_length=120,
                        verbose_name="依据",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作日历",
                "verbose_name_plural": "工作日历",
                "ordering": ("date",),
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="种类")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "排队中"),
                            ("RUNNING", "进行中"),
                            ("DONE", "已完成"),
                            ("FAILED", "没有完成"),
                        ],
                        default="QUEUED",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已处理")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总数")),
                ("file", models.FileField(blank=True, upload_to="jobs/%Y/%m/", verbose_name="结果文件")),
                ("message", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("created_at", models.DateTimeField(verbose_name="提交时间")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                ("moved_at", models.DateTimeField(blank=True, null=True, verbose_name="最近进展")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
            ],
            options={
                "verbose_name": "后台任务",
                "verbose_name_plural": "后台任务",
                "ordering": ("-created_at", "-id"),
                "indexes": [models.Index(fields=["owner", "-created_at"], name="core_job_owner")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["QUEUED", "RUNNING", "DONE", "FAILED"])),
                        name="core_job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))), name="core_job_done_within_total"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state__in", ("DONE", "FAILED"))),
                            models.Q(("finished_at__isnull", True), ("state__in", ("QUEUED", "RUNNING"))),
                            _connector="OR",
                        ),
                        name="core_job_finished_has_time",
                    ),
                ],
            },
        ),
    ]
