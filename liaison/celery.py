"""The Celery application: how tasks travel and what runs when. What a task does is written in the apps.

Publishing must never hurt a request: a broker that is away costs well under a second (short socket timeouts,
one quick retry), and the outbox row in the database is what counts; the periodic delivery catches up.
"""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")

if os.environ.get("DEMO"):
    # The demo may be started by root on a trial machine; tasks travel as JSON only, which is what the warning is about.
    warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("liaison")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Sweeps ask "due at or before now" without a lower bound, so a run that is late or repeated changes nothing more.
app.conf.beat_schedule = {
    "deliver-notices": {"task": "notices.tasks.deliver", "schedule": 15.0, "options": {"expires": 60}},
    "erase-old-notices": {
        "task": "notices.tasks.purge_old",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 3600},
    },
    "sweep-deadlines": {"task": "opinions.tasks.sweep_deadlines", "schedule": 180.0, "options": {"expires": 600}},
    "remind-feedback": {
        "task": "opinions.tasks.remind_feedback",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 600},
    },
    "recount-limits": {
        "task": "opinions.tasks.recount_limits",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
    "resume-recounts": {"task": "opinions.tasks.resume_recounts", "schedule": 60.0, "options": {"expires": 120}},
    "fold-board": {"task": "dashboards.tasks.fold_board", "schedule": 30.0, "options": {"expires": 60}},
    "recount-board": {
        "task": "dashboards.tasks.recount_board",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 3600},
    },
    "tidy-search": {"task": "opinions.tasks.tidy_search", "schedule": 60.0, "options": {"expires": 120}},
    "resume-prints": {"task": "stations.tasks.resume_prints", "schedule": 60.0, "options": {"expires": 120}},
    "forget-job-files": {
        "task": "core.tasks.forget_job_files",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
    "resume-sheets": {"task": "opinions.tasks.resume_sheets", "schedule": 60.0, "options": {"expires": 120}},
    "remind-suggestions": {
        "task": "opinions.tasks.remind_suggestions",
        "schedule": crontab(minute=25),
        "options": {"expires": 3600},
    },
    "remind-of-duties": {
        "task": "duties.tasks.remind",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 900},
    },
    "remind-of-works": {
        "task": "projects.tasks.remind",
        "schedule": crontab(minute=35),
        "options": {"expires": 3600},
    },
    "sweep-polls": {
        "task": "projects.tasks.sweep_polls",
        "schedule": crontab(minute=15),
        "options": {"expires": 3600},
    },
    "erase-old-lists": {
        "task": "projects.tasks.erase_old_lists",
        "schedule": crontab(minute=50),
        "options": {"expires": 3600},
    },
    "close-unrated": {
        "task": "opinions.tasks.close_unrated",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 1200},
    },
}
