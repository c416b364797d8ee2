"""The portal's settings. What differs between installations comes from the environment.

The environment is described in README.md. A missing or odd value stops the start with one
sentence (portal.env); faults in how values fit together are system checks (portal.checks).
"""

from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from portal import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
# While this file exists the portal says that it is closed (portal.states).
MAINTENANCE_FILE = VAR_DIR / "maintenance"

env.load_file(BASE_DIR / "local.env")

# --- The installation ---------------------------------------------------------------------------

DEBUG = env.flag("PORTAL_DEBUG", default=False)
ALLOWED_HOSTS = env.hosts("PORTAL_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
ONLY_LOOPBACK = set(ALLOWED_HOSTS) <= env.LOOPBACK
SECRET_KEY = env.required_secret(
    "PORTAL_SECRET_KEY",
    hint=(
        "sätt den till minst 50 slumpade tecken, eller kör make run, som skapar en egen för den "
        "här datorn."
    ),
)
DEMO = env.flag("PORTAL_DEMO", default=False)
DEMO_PASSWORD = env.secret("PORTAL_DEMO_PASSWORD") or "fri-fran-vald"
OPEN_CONTENT = env.flag("PORTAL_OPEN_CONTENT", default=True)
EXIT_URL = env.address("PORTAL_EXIT_URL", default="https://www.smhi.se/")

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

INSTALLED_APPS = [
    "portal",
    "portal.organisation",
    "content",
    "training",
    "search",
    "wagtail.contrib.typed_table_block",
    "wagtail.contrib.simple_translation",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail.embeds",
    "wagtail",
    "modelcluster",
    "modelsearch",
    "taggit",
    "treebeard",
    "django_tasks",
    "django_tasks_db",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "portal.health.HealthMiddleware",
    "portal.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "portal.states.MaintenanceMiddleware",
    "portal.pagecache.OpenPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.PrivatePagesMiddleware",
]
if not OPEN_CONTENT:
    # Every view then asks for sign-in, the page tree included; open ones say so themselves.
    MIDDLEWARE.append("django.contrib.auth.middleware.LoginRequiredMiddleware")

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
        },
    }
]

# --- Data ---------------------------------------------------------------------------------------

_database = env.database("PORTAL_DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.db'}")
DATABASE_IS_POSTGRESQL = _database.engine == "postgresql"
DATABASES: dict[str, dict[str, Any]]
if DATABASE_IS_POSTGRESQL:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _database.name,
            "USER": _database.user,
            "PASSWORD": _database.password,
            "HOST": _database.host,
            "PORT": _database.port,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    }
else:
    # What was acknowledged must be on disk: FULL survives a power cut, NORMAL may not.
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _database.name,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA busy_timeout=20000; PRAGMA cache_size=-16000;"
                ),
            },
            "TEST": {"NAME": str(VAR_DIR / "test" / "portal-test.db")},
        }
    }

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# With PostgreSQL a worker does the tasks (manage.py db_worker); else they are done in the request.
WORKER = env.flag("PORTAL_WORKER", default=DATABASE_IS_POSTGRESQL)
# Wagtail's django_tasks and Django's own tasks both read this; the backends suit both.
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if WORKER
        else "django.tasks.backends.immediate.ImmediateBackend"
    }
}
MODELSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# What search asks first, when there is one; the database's own index holds all of it too.
ELASTICSEARCH = env.elasticsearch("PORTAL_ELASTICSEARCH_URL", prefix="fri-fran-vald")

# --- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = ["portal.organisation.backends.PersonBackend"]
LOGIN_URL = "/logga-in/"
LOGIN_REDIRECT_URL = "/min-utbildning/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# --- Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = WAGTAIL_I18N_ENABLED = True
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True

# --- Security -----------------------------------------------------------------------------------

# Cookies are Secure and __Host- as soon as the portal is reachable from elsewhere.
HTTPS = not ONLY_LOOPBACK and not DEBUG
_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
LANGUAGE_COOKIE_NAME = f"{_prefix}sprak"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.signing_in.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS] if HTTPS else []
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^halsa/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Other hosts are never told where a reader came from. Pages without a form send nothing at all
# (portal.middleware); those with one cannot, since the form's origin would then be unknown.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows previews in a frame of its own
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # which asks for DENY
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
# Wagtail's own editor breaks under the strict policy, so /cms/ gets this one (portal.urls).
CMS_CSP: dict[str, list[str]] = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
    "worker-src": [CSP.SELF, "blob:"],
}

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.storage.HashedStatic"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A module with its lessons and questions is one form in the editor: the first has 1 736 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- Wagtail ------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Fri från våld"
WAGTAILADMIN_BASE_URL = f"https://{ALLOWED_HOSTS[0]}" if HTTPS else "http://127.0.0.1:8000"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILADMIN_PERMITTED_LANGUAGES = [("sv", "Svenska"), ("en", "English")]
WAGTAIL_FRONTEND_LOGIN_URL = WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_REDIRECTS_AUTO_CREATE = False
TAGGIT_CASE_INSENSITIVE = True

# --- Mail and logs ------------------------------------------------------------------------------

MAILERS: dict[str, dict[str, Any]]
_mail = env.mail("PORTAL_EMAIL_URL")
if _mail:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _mail.host,
                "port": _mail.port,
                "username": _mail.user,
                "password": _mail.password,
                "use_tls": _mail.security == "starttls",
                "use_ssl": _mail.security == "tls",
                "timeout": 10,
            },
        }
    }
elif ONLY_LOOPBACK:
    # As files and not in the terminal, where names and addresses would stay.
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(VAR_DIR / "mail")},
        }
    }
else:
    MAILERS = {"default": {"BACKEND": "portal.mail.NoServer"}}
# The sender's name is seen in a list of mails, so it is as neutral as the subject.
_own_domain = "localhost" if ONLY_LOOPBACK else ALLOWED_HOSTS[0].lstrip(".")
DEFAULT_FROM_EMAIL = (_mail and _mail.sender) or f"Utbildningsportalen <portalen@{_own_domain}>"

# Paths, addresses, names, search terms and answers never reach a log: django.request would write
# the path of every missing page, django.server every request.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
        # These write what they send to Elasticsearch, so the words of a search.
        "elasticsearch": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "elastic_transport": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "urllib3": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
