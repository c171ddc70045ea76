"""Settings of the test suite: fast hashing, jobs run in the test process unless a worker is started."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="zzsh-test-"))
os.environ.setdefault("ENV_FILE", os.devnull)
# Tests that run side by side each have a folder of their own, so a broker there carries no other's messages.
_side = os.environ.get("PYTEST_XDIST_WORKER", "")
if _side and Path(os.environ["VAR_DIR"]).name != _side:
    os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"]) / _side)

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
