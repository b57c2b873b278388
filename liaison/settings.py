"""All settings, read from the environment; .env.example names every variable.

Fail closed: without SECRET_KEY, FIELD_KEYS and HASH_KEY the portal refuses to start. Only where the embedded database
serves this machine (no DATABASE_URL) do the keys come from its state folder, made there once by the embedded runtime.
Business numbers are not here: they are rows in tables, with their defaults beside the code that uses them.
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

from liaison.runtime.places import TEST, places
from liaison.runtime.secrets import read_secrets
from liaison.runtime.urls import broker_options, broker_url, parse_database_url

BASE_DIR = Path(__file__).resolve().parent.parent
PLACES = places()
TESTING = PLACES.flavour == TEST


def _flag(name: str, default: bool = False) -> bool:
    """A yes-or-no variable: 1, true, yes, on mean yes."""
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "") or PLACES.redis_url()
IS_EMBEDDED = not DATABASE_URL
STATE_DIR = Path(os.environ.get("STATE_DIR", PLACES.state))
_stored_keys = read_secrets(PLACES.state) if IS_EMBEDDED else {}


def _key(name: str) -> str:
    """A secret from the environment or, on a machine with the embedded database, from its state folder."""
    value = os.environ.get(name) or _stored_keys.get(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Give SECRET_KEY, FIELD_KEYS and HASH_KEY in the environment (see .env.example), "
            "or run `make demo` once, which makes and keeps them for this machine."
        )
    return value


# --- keys: sessions and signatures; encryption of names and telephone numbers (newest first); keyed look-up
SECRET_KEY = _key("SECRET_KEY")
FIELD_KEYS = [key.strip() for key in _key("FIELD_KEYS").split(",") if key.strip()]
HASH_KEY = _key("HASH_KEY")

# --- where the portal answers
DEMO = _flag("DEMO")
DEBUG = _flag("DEBUG")
SITE_URL = os.environ.get("SITE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}").rstrip("/")
ALLOWED_HOSTS = _words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if IS_EMBEDDED else "")
CSRF_TRUSTED_ORIGINS = _words("CSRF_TRUSTED_ORIGINS", SITE_URL)
ROOT_URLCONF = "liaison.urls"
WSGI_APPLICATION = "liaison.wsgi.application"
ASGI_APPLICATION = "liaison.asgi.application"

INSTALLED_APPS = [
    "accounts.apps.SupportConfig",  # Django's admin, read-only and for the system administrator alone
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "rules.apps.AutodiscoverRulesConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "core",
    "accounts",
    "notices",
    "stations",
    "duties",
    "opinions",
    "projects",
    "dashboards",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "opinions.middleware.KeptTrack",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.StaffSession",
    "axes.middleware.AxesMiddleware",
    "core.middleware.PageAbove",
    "core.middleware.NoNullLetters",
]

IS_BEHIND_PROXY = _flag("BEHIND_PROXY")
if IS_BEHIND_PROXY:
    MIDDLEWARE.insert(0, "liaison.proxy.RealAddress")

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liaison.context.rail",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database: one PostgreSQL everywhere; connections live on (7 times faster reads) and are checked before use
_database = parse_database_url(DATABASE_URL or PLACES.database_url(os.environ.get("EMBEDDED_DB", "liaison")))
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "core.database",
        **_database,
        "CONN_MAX_AGE": 0 if TESTING else None,  # a thread of a test must not keep the test database open
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "liaison", **_database.get("OPTIONS", {})},
        "TEST": {"NAME": os.environ.get("TEST_DB_NAME", "test_liaison"), "TEMPLATE": "template0"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache: Redis, and when it is away every read is a miss and every write is forgotten; no page fails
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "-".join(["liaison", *(os.environ.get(n, "") for n in ("TEST_DB_NAME", "PYTEST_XDIST_WORKER"))]),
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.3,
            "SOCKET_TIMEOUT": 0.5,
            "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0)},
        },
    },
    # What one process keeps for itself, such as a resident's page: words of people never lie in Redis.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 60,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# --- background work: JSON only; a task is acknowledged after it ran, so a killed worker's task runs again
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # they are handed out again, and then run once
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1740
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its queue for ever
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(CELERY_TASK_TIME_LIMIT)
CELERY_TASK_PUBLISH_RETRY = False  # the outbox row is what counts; a request does not wait for the queue
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "accounts.sessions.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotFromUserNameValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
SECOND_FACTOR_REQUIRED = _flag("SECOND_FACTOR_REQUIRED", default=not DEMO)
OTP_TOTP_ISSUER = "郸城县人大代表联络站"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying again does not make the wait longer
AXES_LOCKOUT_CALLABLE = "accounts.views.signin.locked_out"
AXES_VERBOSE = False

# --- sessions: in the database, so that an emptied cache signs nobody out
SESSION_ENGINE = "accounts.sessions"
STAFF_SESSION_MINUTES = int(os.environ.get("STAFF_SESSION_MINUTES", "30"))
SESSION_COOKIE_AGE = 12 * 3600  # the idle limit is kept by accounts.middleware, which can say why one is signed out
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# --- doors: strict content policy, nothing from another host; HTTPS wherever the site's address says so
IS_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = _flag("SECURE_SSL_REDIRECT")
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- language, time
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- files
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "liaison.assets.VendorFinder",
]
IS_STATIC_COLLECTED = not (DEBUG or TESTING)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "core.storage.WholeFiles"},
    "staticfiles": {
        "BACKEND": "liaison.assets.FingerprintedStorage"
        if IS_STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_STATIC_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_URL = "/media/"  # never served as such: every photo goes through a view that asks who may see it
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", STATE_DIR / f"media-{PLACES.flavour}"))
PHOTO_MAX_BYTES = int(os.environ.get("PHOTO_MAX_BYTES", str(12 * 1024 * 1024)))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# --- messages to people
EMAIL_URL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_URL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = STATE_DIR / f"mail-{PLACES.flavour}"
EMAIL_HOST = EMAIL_URL_HOST or "localhost"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "人大代表联络站 <noreply@localhost>")
SMS_SPOOL_DIR = Path(os.environ.get("SMS_SPOOL_DIR", STATE_DIR / f"sms-{PLACES.flavour}"))
# The gateway is connected when all three are set; with some of them the start-up check fails and nothing leaves.
SMS_GATEWAY_URL = os.environ.get("SMS_GATEWAY_URL", "").strip()
SMS_GATEWAY_KEY_ID = os.environ.get("SMS_GATEWAY_KEY_ID", "").strip()
SMS_GATEWAY_SECRET = os.environ.get("SMS_GATEWAY_SECRET", "").strip()
SMS_GATEWAY_SIGN = os.environ.get("SMS_GATEWAY_SIGN", "代表联络站").strip()
WECOM_API_BASE = os.environ.get("WECOM_API_BASE", "https://qyapi.weixin.qq.com").rstrip("/")
WECHAT_API_BASE = os.environ.get("WECHAT_API_BASE", "https://api.weixin.qq.com").rstrip("/")
WECHAT_APP_ID = os.environ.get("WECHAT_APP_ID", "").strip()
WECHAT_APP_SECRET = os.environ.get("WECHAT_APP_SECRET", "").strip()
WECHAT_TEMPLATE_ID = os.environ.get("WECHAT_TEMPLATE_ID", "").strip()
WECHAT_TEMPLATE_FIELDS = _words("WECHAT_TEMPLATE_FIELDS", "thing1,thing2")
OUTGOING_PROXY = os.environ.get("OUTGOING_PROXY", "").strip()

# --- watching
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")  # without it /metrics answers this machine only
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "liaison.logs.PlainLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING" if TESTING else "INFO")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django_redis": {"level": "CRITICAL" if TESTING else "ERROR"},
        "granian.access": {"handlers": ["stderr"], "level": "INFO", "propagate": False},  # where --access-log is on
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},  # below that it writes addresses, and some are secrets
    },
}
