"""Settings of the portal. What differs between installations comes from the environment (``portal.environment``)."""

import sys
from typing import Any, Final

from csp.constants import NONE, SELF

from core.keys import parse_ring
from portal import environment as env

env.load_keys_file()

ROOT = env.ROOT
MODE = env.mode()
IS_PRODUCTION: Final = MODE == "production"
IS_TESTING: Final = "pytest" in sys.modules

DEBUG = env.debugging("DEBUG", is_production=IS_PRODUCTION)
SECRET_KEY = env.secret("SECRET_KEY", least=40)
VAR_DIR = env.folder("VAR_DIR", default=ROOT / "var")
SITE_ORIGIN = env.origin("SITE_ORIGIN", default="http://127.0.0.1:8000", is_production=IS_PRODUCTION)
ALLOWED_HOSTS = env.hosts(
    "ALLOWED_HOSTS",
    default=() if IS_PRODUCTION else ("127.0.0.1", "localhost", "[::1]"),
    is_production=IS_PRODUCTION,
)
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN] if SITE_ORIGIN.startswith("https://") else []

#: Separate rings for separate purposes, none of them SECRET_KEY, each with rotation (core/keys.py).
KEY_RINGS = {
    "links": parse_ring("LINK_KEYS", env.secret("LINK_KEYS", least=35)),
    "contacts": parse_ring("CONTACT_KEYS", env.secret("CONTACT_KEYS", least=35)),
    "secrets": parse_ring("SECRETS_KEYS", env.secret("SECRETS_KEYS", least=35)),
    "journal": parse_ring("JOURNAL_KEYS", env.secret("JOURNAL_KEYS", least=35)),
}

# -- the house, from the ground up -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "core",  # first: its own `migrate` command takes the place of Django's
    "accounts",
    "brands",
    "sellers",
    "listings",
    "reports",
    "refunds",
    "portal",
    "portal.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_q",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.middleware.SecondFactorMiddleware",  # after messages: it leaves one
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as its documentation asks
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.operator",
            ],
        },
    }
]

# -- databases, cache ---------------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {"default": env.database()}

REDIS_URL = env.text("REDIS_URL")
CACHES: dict[str, Any] = {
    # Memory of one process would count each worker's throttles apart, so the default is the database.
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}
    ),
    # What the queue says of itself twice a second, to nobody but itself: not worth a write to the database.
    "queue_status": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "queue_status"},
}

# -- files --------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
# Tests run before any collectstatic: WhiteNoise then looks files up as they are asked for.
WHITENOISE_AUTOREFRESH = DEBUG or IS_TESTING
MEDIA_ROOT = VAR_DIR / "files"
#: Where each machine keeps its unpacked index snapshots. Local, never shared: the store has the published ones.
INDEX_ROOT = env.folder("INDEX_ROOT", default=VAR_DIR / "index")
#: Signed checkpoints of the journal, outside the database.
CHECKPOINT_FILE = env.folder("CHECKPOINT_FILE", default=VAR_DIR / "journal" / "checkpoints.jsonl")

_S3_BUCKET = env.text("S3_BUCKET")


def _store(folder: str, *, backend: str = "django.core.files.storage.FileSystemStorage") -> dict[str, Any]:
    """A private store: a folder under ``var/`` or a prefix in the S3 bucket."""
    if _S3_BUCKET:
        options = {"bucket_name": _S3_BUCKET, "location": folder, "default_acl": "private", "file_overwrite": True}
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    return {
        "BACKEND": backend,
        "OPTIONS": {"location": str(MEDIA_ROOT / folder), "base_url": None},
    }


STORAGES = {
    "default": _store("files"),
    "evidence": _store("evidence", backend="core.evidence.storage.ContentAddressedStorage"),
    "snapshots": _store("snapshots"),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or IS_TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
EVIDENCE_CHILDREN = env.number("EVIDENCE_CHILDREN", default=2, least=1, most=32)
EVIDENCE_CHILD_MEMORY_MB = env.number("EVIDENCE_CHILD_MEMORY_MB", default=1024, least=256, most=8192)
EVIDENCE_CHILD_SECONDS = env.number("EVIDENCE_CHILD_SECONDS", default=20, least=1, most=60)

# -- pictures by address (core/fetching) ---------------------------------------------------------------------------

#: Networks of the house that pictures may be fetched from, for a marketplace on an inner network. Exactly these are
#: opened; everything else that is not public stays closed.
FETCH_ALLOWED_NETWORKS = env.networks("FETCH_ALLOWED_NETWORKS")
FETCH_ALLOWED_PORTS = env.ports("FETCH_ALLOWED_PORTS", default=(80, 443))

# -- language and time --------------------------------------------------------------------------------------------

#: Pages are Korean whatever a browser asks for; those of the parties choose their language (reports/parties).
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

# -- signing in ---------------------------------------------------------------------------------------------------

#: One account an address is a constraint over Lower("email"), which this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # Django's own with e-mail; both would hash a wrong password twice.
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/admin/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if IS_PRODUCTION else "optional"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
#: axes counts failures of an account from one address; this second line counts those from many. It is the wider one,
#: so that somebody whom staff let in again is not still held by it.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,10/5m/key"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "지킴이"
#: Staff must have a second factor. Forced in production; the demonstration's accounts come without one.
REQUIRE_SECOND_FACTOR = True if IS_PRODUCTION else env.flag("REQUIRE_SECOND_FACTOR", default=False)

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
#: One account has one name to axes, whichever way allauth or Django passes it and however it is capitalised.
AXES_USERNAME_CALLABLE = "portal.lockout.account_name"
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_CALLABLE = "portal.lockout.locked_out"

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_ORIGIN.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION and SITE_ORIGIN.startswith("https://") else 0
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=False)
if env.flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.public_views.csrf_failure"

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
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# -- the API for marketplaces (accounts/api) --------------------------------------------------------------------------

REST_FRAMEWORK = {
    # Every view says for itself who may and what is read and written; what forgets to is closed.
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.bodies.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.Endpoint",
    "EXCEPTION_HANDLER": "accounts.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "지킴이 API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "마켓플레이스의 시스템이 지킴이와 주고받는 길입니다. 처음이면 docs/integration.md부터 읽어 주세요.",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {
        "AllegationStatus": "reports.api.shapes.STATUSES",
        "EffectStatus": "accounts.api.effects.SEEN",
        "DeliveryStatus": "accounts.api.deliveries.STATUSES",
        "OrderStatus": "refunds.api.shapes.STATUSES",
        "TimeSource": "refunds.api.shapes.SOURCES",
        "ArrivalStatus": "listings.api.shapes.ARRIVALS",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"docExpansion": "list", "validatorUrl": None, "persistAuthorization": False},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.api.schema.finish",
    ],
}

# -- mail ---------------------------------------------------------------------------------------------------------

EMAIL_URL = env.text("EMAIL_URL")
if EMAIL_URL:
    vars().update(env.mail(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")
#: A mail server that does not answer must not hold the courier for ever.
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", default=10, least=1, most=60)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="지킴이 <no-reply@localhost>")

# -- text messages ----------------------------------------------------------------------------------------------------

#: Who sends them (core/texts.py). In production none is sent before an adapter is named.
TEXT_BACKEND = env.dotted("TEXT_BACKEND", default="" if IS_PRODUCTION else "core.texts.ConsoleTexts")
#: The number that they come from, registered beforehand as the law asks (전기통신사업법 제84조의2).
TEXT_SENDER = env.phone("TEXT_SENDER")

# -- background work (packages: django-q2 on the database, whatever the database is) ---------------------------------

_WORKERS: Final = env.number("WORKERS", default=2, least=1, most=64)
_TASK_TIMEOUT = env.number("TASK_TIMEOUT", default=90, least=2, most=600)
Q_CLUSTER = {
    "name": "portal",
    "orm": "default",
    "workers": _WORKERS,
    "queue_limit": _WORKERS,
    "timeout": _TASK_TIMEOUT,
    # retry > timeout × (1 + queue_limit / workers) and any backlog of the monitor, or tasks run twice.
    "retry": env.number("TASK_RETRY", default=600, least=2 * _TASK_TIMEOUT + 1, most=3600),
    "max_attempts": 3,
    "save_limit": 0,
    "catch_up": False,
    "poll": 1,
    "cache": "queue_status",
    "label": "작업 대기열",
}

#: How messages leave, by channel. The ground floor knows no marketplace; it is handed the transports.
OUTBOX_TRANSPORTS = {"mail": "core.mail.deliver", "webhook": "accounts.webhooks.deliver", "text": "core.texts.deliver"}
#: Who turns an effect into a message, by carrier. An effect whose carrier is not here waits until it is.
EFFECT_CARRIERS = {"marketplace": "accounts.webhooks.carry"}
#: What our own `migrate` calls in the end: reference rows that the code brings with it.
AFTER_MIGRATE = ["portal.after_migrate.sync"]
#: Small rounds of the apps that the courier gives a turn: at most once in so many seconds.
COURIER_CHORES = {
    "accounts.api.idempotency.purge_expired": 60,
    "accounts.entry_links.forget_expired": 600,
    "listings.tasks.follow_material": 15,
    "listings.tasks.ask_for_learning": 60,
    "listings.tasks.give_servers_turns": 1,
    "listings.tasks.let_overdue_go": 60,
    "reports.tasks.settle_notices": 1,
    "reports.tasks.follow_effects": 2,
    "reports.tasks.let_periods_end": 5,
    "reports.tasks.remind_complainants": 60,
    "reports.tasks.recount_reports": 15,
    "reports.tasks.tell_late_joiners": 30,
    "reports.tasks.open_cases_of_reappearances": 5,
    "refunds.tasks.join_listings_and_sellers": 60,
    "core.attempts.prune": 3600,
    "accounts.tasks.give_up_relays": 30,
    "reports.tasks.hear_of_late_arrivals": 60,
    "reports.tasks.ask_for_wanted_listings": 60,
    "reports.tasks.place_waiting_reports": 5,
}
#: Who carries out what two people have agreed on, by action.
APPROVAL_HANDLERS = {
    "reports.decide": "reports.services.held.carry_out",
    "reports.decide_batch": "reports.services.batches.carry_out",
}
#: What a job's kind runs.
JOB_HANDLERS = {
    "core.beat": "core.jobs.beat",
    "listings.screen": "listings.tasks.screen_chunk",
    "listings.learn_words": "listings.tasks.learn_ordinary_words",
    "listings.find_copies": "listings.tasks.find_copies",
    "listings.fetch_pictures": "listings.tasks.fetch_pictures",
    "reports.decide_batch": "reports.tasks.decide_batch_rows",
}

#: So many tasks fetch pictures at once, on all machines together; the other workers are free for everything else.
FETCH_TASKS = env.number("FETCH_TASKS", default=max(1, _WORKERS // 2), least=1, most=64)
#: A delivery that has not ended by then had a courier that died. Longer than any transport takes.
OUTBOX_LEASE_SECONDS = env.number("OUTBOX_LEASE_SECONDS", default=180, least=2, most=3600)
#: The longest a job may run, and how long its worker is waited for: longer, or a slow job would run twice at once.
JOB_SECONDS = env.number("JOB_SECONDS", default=60, least=1, most=3600)
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", default=120, least=JOB_SECONDS + 1, most=7200)
JOB_NUDGE_SECONDS = env.number("JOB_NUDGE_SECONDS", default=60, least=1, most=3600)
#: Limits of the supervisor, shortened by fault tests. A queue is hung only after more silence than one job can make.
SERVE_HEARTBEAT_SECONDS = env.number("SERVE_HEARTBEAT_SECONDS", default=20, least=1, most=600)
SERVE_HUNG_SECONDS = env.number(
    "SERVE_HUNG_SECONDS", default=120, least=JOB_SECONDS + SERVE_HEARTBEAT_SECONDS + 1, most=7200
)
SERVE_GRACE_SECONDS = env.number("SERVE_GRACE_SECONDS", default=30, least=1, most=600)
WEB_THREADS = env.number("WEB_THREADS", default=4, least=1, most=64)
#: Whether a web process opens the engine as it starts instead of with its first question. `manage.py serve` says so.
WARM_UP = env.flag("WARM_UP", default=False)
WEB_WORKERS = env.number("WEB_WORKERS", default=2, least=1, most=32)

# -- who operates this portal (named in every footer) ----------------------------------------------------------------

OPERATOR = {
    "name": env.text("OPERATOR_NAME", default="지킴이 시범 운영사"),
    "representative": env.text("OPERATOR_REPRESENTATIVE", default="홍길동"),
    "business_number": env.text("OPERATOR_BUSINESS_NUMBER", default="111-11-11119"),
    "mail_order_number": env.text("OPERATOR_MAIL_ORDER_NUMBER", default="제2026-서울중구-0001호"),
    "address": env.text("OPERATOR_ADDRESS", default="서울특별시 중구 세종대로 1 (시범 주소)"),
    "phone": env.text("OPERATOR_PHONE", default="02-000-0000"),
    "email": env.text("OPERATOR_EMAIL", default="help@jikimi.example"),
    "privacy_officer": env.text("OPERATOR_PRIVACY_OFFICER", default="홍길동"),
}
STYLEGUIDE = DEBUG or not IS_PRODUCTION

# -- logs -----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.level("LOG_LEVEL", default="INFO")},
    # The queue says a line for each nudge and each process; what goes wrong is what one wants to read.
    "loggers": {
        "django-q": {"level": env.level("QUEUE_LOG_LEVEL", default="WARNING")},
        "axes.apps": {"level": "WARNING"},
    },
}
