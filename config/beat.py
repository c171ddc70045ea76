"""What the beat rings and when; days and hours are local."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "branches.tasks.sweep", "schedule": 10.0, "options": {"expires": 20}},
    "deliver": {"task": "branches.tasks.deliver", "schedule": 60.0, "options": {"expires": 90}},
    "tidy": {"task": "branches.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget": {
        "task": "evaluations.tasks.forget_leftovers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget_surveys": {
        "task": "rectification.tasks.forget_survey_keys",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "purge": {
        "task": "members.tasks.purge_kept",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 3600},
    },
    "purge_outlines": {
        "task": "meetings.tasks.purge_outlines",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
    "resettle": {
        "task": "members.tasks.resettle_talks",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
    "remind": {
        "task": "config.home.tasks.remind",
        "schedule": crontab(minute=0),
        "options": {"expires": 3000},
    },
    "reassign": {
        "task": "members.tasks.reassign",
        "schedule": crontab(minute=5),
        "options": {"expires": 3000},
    },
    "send": {"task": "config.home.tasks.send", "schedule": 60.0, "options": {"expires": 90}},
}
