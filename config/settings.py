"""Settings from the environment and `.env`; without any, the embedded default (SQLite, no Redis) runs."""

import os
import secrets
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

from config.beat import SCHEDULE
from config.lib.logs import HideSecretAddresses

django_stubs_ext.monkeypatch()
# Names are read by their own surname table: without the phrases each process needs 45 MB less.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)


def _embedded_secret(name: str) -> str:
    """A random secret kept in VAR for the embedded default; production sets it in the environment."""
    path = VAR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


PRODUCTION = env.bool("PRODUCTION", default=False)
# Pages of errors show what was posted: never in production, whatever the environment says.
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
SECRET_KEY = env.str("SECRET_KEY", default="") or _embedded_secret("secret-key")
# Comma-separated; the first key seals, all of them open (rotation).
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", default=[]) or [_embedded_secret("field-key")]
BALLOT_KEY_DIR = Path(env.str("BALLOT_KEY_DIR", default=str(VAR / "ballot-keys")))
RESULT_DIR = Path(env.str("RESULT_DIR", default=str(VAR / "results")))
UPLOAD_DIR = Path(env.str("UPLOAD_DIR", default=str(VAR / "uploads")))
# Scanned sheets until they are read; sealed with the ballot's key and never in a backup either.
SCAN_DIR = Path(env.str("SCAN_DIR", default=str(VAR / "scans")))
HELP_PHONE = env.str("HELP_PHONE", default="")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "config.apps.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "health_check",
    "treebeard",
    "config.apps.ProjectConfig",
    "branches",
    "members",
    "meetings",
    "evaluations",
    "rectification",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "branches.http.SessionLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "branches.http.PrivatePagesMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "config.lib.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "branches.http.navigation",
            ],
        },
    },
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'db.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE + WAL: no "database is locked"; FULL: an acknowledged save survives a power cut;
    # secure_delete: the pages of destroyed ballot entries are overwritten.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-8000;"
        "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;PRAGMA secure_delete=ON;",
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "branches.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Argon2id, m = 19 MiB, t = 2, p = 1.
PASSWORD_HASHERS = ["branches.models.user.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "branches:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "branches:login"
# A lock is per account, never per address (a village hall is one address) and never for all.
AXES_LOCKOUT_PARAMETERS = "branches.http.lockout_parameters"
AXES_USERNAME_CALLABLE = "branches.http.throttled_account"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else tries every few minutes lock for ever
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "branches.http.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False  # its rows could be changed there without a trace
AXES_IPWARE_PROXY_COUNT = None
# All accounts together: failed logins a minute before browsers never seen must wait a moment.
LOGIN_FAILURES_PER_MINUTE = env.int("LOGIN_FAILURES_PER_MINUTE", default=60)
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 3600)
SESSION_COOKIE_AGE = 7 * 86400  # both limits log out; the row lives on so that a late post can be kept
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "branches.http.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(UPLOAD_DIR), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The typeface for PDF is never sent to a browser; compressing it would take most of a minute.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("ttf", "png", "jpg", "gif", "webp", "woff", "woff2", "gz", "br")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=10 << 20)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    for _folder in ("q", "ctl", "done"):
        (VAR / _folder).mkdir(mode=0o700, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(VAR / "q"),
        "data_folder_out": str(VAR / "q"),
        "control_folder": str(VAR / "ctl"),
        "store_processed": True,  # an atomic rename; the sweep deletes old files
        "processed_folder": str(VAR / "done"),
        "polling_interval": 0.5,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
    }
# How often something happened just now (config/lib/limits.py): all processes count together where Redis is.
_memory: dict[str, object] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES: dict[str, dict[str, object]] = {"default": _memory, "limits": _memory}
if CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
    CACHES["limits"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CELERY_BROKER_URL,
        "KEY_PREFIX": "limits",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 900, 840
CELERY_WORKER_ENABLE_REMOTE_CONTROL = CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = TIME_ZONE
CELERY_IMPORTS = ("config.home.tasks",)  # those of the apps are found by themselves
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = SCHEDULE
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=20)
JOB_RESULT_DAYS = env.int("JOB_RESULT_DAYS", default=30)

# Outgoing messages. Without EMAIL_URL no e-mail leaves; robots of chat groups need no setting.
_mail = env.email_url("EMAIL_URL", default="smtp://")
EMAIL_BACKEND = "config.lib.mail.Backend"
EMAIL_HOST = _mail["EMAIL_HOST"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = "EMAIL_USE_TLS" in _mail, "EMAIL_USE_SSL" in _mail
EMAIL_PORT = _mail["EMAIL_PORT"] or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else "noreply@localhost"
)
# Besides the makers' own hosts: gateways of a government network, as host or host:port.
CHANNEL_HOSTS_ALLOWED: list[str] = env.list("CHANNEL_HOSTS_ALLOWED", default=[])
# People are written to between these hours of the local day, first hour included, last one not.
REMIND_FROM_HOUR: int = env.int("REMIND_FROM_HOUR", default=8)
REMIND_UNTIL_HOUR: int = env.int("REMIND_UNTIL_HOUR", default=21)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Who knows the address of a calendar may read it: its secret part is written into no log.
    "filters": {"secret_addresses": {"()": HideSecretAddresses}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["secret_addresses"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        "django.request": {"filters": ["secret_addresses"]},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        # Both write addresses of robots, which are secrets, at lower levels.
        "apprise": {"level": "CRITICAL"},
        "urllib3": {"level": "ERROR"},
    },
}
