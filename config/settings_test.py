"""Settings of the test suite: fast hashing, jobs run in the test process unless a worker is started."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="zzsh-test-"))
os.environ.setdefault("ENV_FILE", os.devnull)

from config.settings import *

SECRET_KEY = "test-only"
FIELD_KEYS = ["test-only-field-key"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_TASK_ALWAYS_EAGER = CELERY_TASK_EAGER_PROPAGATES = True
LOGIN_FAILURES_PER_MINUTE = 20
STATIC_ROOT.mkdir(exist_ok=True)
