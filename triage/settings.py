"""The one settings file. Every choice of a deployment comes from the environment, or from `.env`."""

import os
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

from triage.engine import limits
from triage.web import logs

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def words(name: str, default: str = "") -> str:
    """What stands there, a `$` and all; an empty line, as a file of settings may hold it, says nothing."""
    return os.environ.get(name, "").strip() or default


def listed(name: str) -> list[str]:
    return [item.strip() for item in words(name).split(",") if item.strip()]


def required(name: str) -> str:
    if not (value := words(name)):
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment, or in a file .env that this user can read "
            "(`make run` writes one where there is none)."
        )
    return value


def read(name: str, how: Callable[[], T], must: str) -> T:
    """What the environment says, or one plain line that says what it must be."""
    try:
        return how()
    except (ImproperlyConfigured, ValueError, KeyError, UserWarning, OSError):
        raise ImproperlyConfigured(f"{name} {must}.") from None


read(".env", lambda: env.read_env(BASE_DIR / ".env"), "must be a text in UTF-8")


def switch(name: str) -> bool:
    """On or off; a misspelt word is neither."""
    means = {"": False, "0": False, "no": False, "false": False, "off": False}
    means |= {"1": True, "yes": True, "true": True, "on": True}
    return read(name, lambda: means[words(name).lower()], "must be 1 or 0")


SHORTEST_KEY = 32


SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
for name, keys in (("SECRET_KEY", [SECRET_KEY]), ("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS)):
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ImproperlyConfigured(
            f"{name} is shorter than {SHORTEST_KEY} letters. `openssl rand -hex 32` makes one."
        )
required("ALLOWED_HOSTS")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS names no host.")
if any("/" in host or ":" in host.rpartition("]")[2] for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must be names alone, such as steady.example.org: no port, no https://."
    )
if "*" in ALLOWED_HOSTS:  # a link in a mail, and the way to HTTPS, would lead wherever the sender says
    raise ImproperlyConfigured("ALLOWED_HOSTS must name each host: * would take any.")
DEBUG = switch("DEBUG")
HTTPS = switch("HTTPS")

# What the site says of itself.

EMERGENCY_NUMBER = words("EMERGENCY_NUMBER", "your local emergency number")
URGENT_NUMBER = words("URGENT_NUMBER")
CRISIS_LINE = words("CRISIS_LINE", "a crisis line near you")
CONTACT = words("CONTACT", "webmaster@localhost")
SECURITY_CONTACT = words("SECURITY_CONTACT", CONTACT)
SAFETY_CASE_URL = words("SAFETY_CASE_URL")
if SAFETY_CASE_URL and not SAFETY_CASE_URL.startswith(("https://", "/")):
    raise ImproperlyConfigured("SAFETY_CASE_URL must begin with https:// or /.")

# What it is made of.

INSTALLED_APPS = [
    "triage",
    "content.apps.ContentConfig",
    "content.apps.StaffConfig",  # stands for django.contrib.admin, with a site of ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # so that a widget of ours can have its template among the others
    "formtools",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "triage.web.middleware.TrustedProxies",
    "triage.web.middleware.RequestLog",
    "triage.web.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "triage.web.middleware.PublicCompression",
    "triage.web.middleware.HostAndSlash",
    "triage.web.middleware.Bodies",
    "triage.web.middleware.Unavailable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "triage.urls"
WSGI_APPLICATION = "triage.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "content.site.frame",
            ]
        },
    },
    {
        "NAME": "public",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "public", BASE_DIR / "templates" / "reports"],
        "OPTIONS": {"environment": "triage.web.jinja.environment"},
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = read(
    "TIME_ZONE",
    lambda: ZoneInfo(env.str("TIME_ZONE", default="UTC")).key,
    "must be a zone such as Europe/London",
)

# Where things are kept.


def database(url: str) -> dict[str, object]:
    """Django's entry for a database URL, with what keeps a fault short and loud. What the URL names wins."""
    with warnings.catch_warnings(action="error"):  # it only warns of an engine that it does not know
        settings = env.db_url_config(url)
    if settings["ENGINE"].endswith("sqlite3"):
        # A lost file is a fault: only `migrate` makes it.
        settings["NAME"] = f"file:{quote(str(BASE_DIR / settings['NAME']))}?mode=rw"
        settings["OPTIONS"] = {
            "timeout": 5,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        }
    elif settings["ENGINE"].endswith("postgresql"):
        # A connection lasts for one request: a kept one could be dead, and finding that out takes longer.
        settings["ENGINE"] = "triage.postgresql"
        settings["OPTIONS"] = POSTGRESQL | settings.get("OPTIONS", {})
    return settings


POSTGRESQL = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,  # milliseconds in which the network takes what is sent
    "options": "-c statement_timeout=4000",  # the server gives up first, for then the connection stays
    "patience": 5,
}
"""Each is for another fault: nobody there, no network, a slow statement, a server that hangs."""

DATABASES = {
    "default": read(
        "DATABASE_URL",
        lambda: database(env.str("DATABASE_URL", default="sqlite:///db.sqlite3")),
        "must be an address such as sqlite:///db.sqlite3 or postgres://user:password@host:5432/name",
    )
}

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# An upload stays in memory: nothing that a request brings is written to a disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = limits.IMPORT_FORM
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.STAFF_FORM
DATA_UPLOAD_MAX_NUMBER_FIELDS = limits.STAFF_FIELDS

# Cookies. All of them go with the browser.

# Under HTTPS a browser takes a __Host- cookie from this host alone, and for all of its paths.
HOST_PREFIX, SECURE_PREFIX = ("__Host-", "__Secure-") if HTTPS else ("", "")

ANSWERS_COOKIE = f"{HOST_PREFIX}steady"

CSRF_COOKIE_NAME = f"{HOST_PREFIX}csrf"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "content.guards.csrf_failure"

SESSION_COOKIE_NAME = f"{SECURE_PREFIX}staff"
SESSION_COOKIE_PATH = "/admin/"  # a public page is asked for without it, and needs no database
SESSION_COOKIE_AGE = 30 * 60  # without use: content.site saves it on each page that staff open
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = HTTPS

# HTTPS, and the proxies before us. `TrustedProxies` removes their headers when they come from anybody else.

TRUSTED_PROXIES = listed("TRUSTED_PROXIES")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
HSTS_SECONDS = read("HSTS_SECONDS", lambda: env.int("HSTS_SECONDS", default=63_072_000), "must be a number")
if HSTS_SECONDS < 0:
    raise ImproperlyConfigured("HSTS_SECONDS must be a number of 0 or more.")
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS

# Staff.

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/admin/"  # where a foreign address was to be next
ADMIN_OTP_REQUIRED = switch("ADMIN_OTP_REQUIRED")
OTP_TOTP_ISSUER = "Steady"
# A wrong code of the app counts against recovery codes, too, and a right one does not take it back: they
# would be closed when they are needed. They have 40 bits, and axes counts tries.
OTP_STATIC_THROTTLE_FACTOR = 0

# A name is locked for the address that guessed wrongly, and for nobody else.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "kept"]  # never in its log
AXES_LOCKOUT_CALLABLE = "triage.web.errors.too_many_guesses"

# Logs and mail about errors.

LOG_FORMAT = read(
    "LOG_FORMAT",
    lambda: env.str("LOG_FORMAT", default="json", choices=["json", "text"]),
    "must be json or text",
)
LOG_LEVEL = read(
    "LOG_LEVEL",
    lambda: env.str("LOG_LEVEL", default="info", choices=["debug", "info", "warning", "error"]),
    "must be debug, info, warning or error",
)
LOGGING = logs.config(LOG_FORMAT, LOG_LEVEL, mail_errors=bool(words("ERROR_EMAIL")))
ADMINS = [("", address) for address in listed("ERROR_EMAIL")]
vars().update(
    read(
        "EMAIL_URL",
        lambda: env.email_url("EMAIL_URL", default="smtp://localhost:25"),
        "must be an address such as smtp://user:password@host:587",
    )
)
SENDS_MAIL = bool(words("EMAIL_URL"))  # only then is a new password sent by mail
PASSWORD_RESET_TIMEOUT = 60 * 60
EMAIL_TIMEOUT = 10
SERVER_EMAIL = DEFAULT_FROM_EMAIL = words("FROM_EMAIL", "webmaster@localhost")
