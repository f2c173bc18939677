"""Django's settings for one node, read from the folder that FOURFOLD_HOME names."""

import os
from pathlib import Path

from fourfold.node.home import Home
from fourfold.node.operating.logs import LogFormat, logging_config

HOME = Home(Path(os.environ["FOURFOLD_HOME"]).resolve())
NODE = HOME.config()

SECRET_KEY = HOME.secret()
DEBUG = False
ALLOWED_HOSTS = NODE.allowed_hosts
ROOT_URLCONF = "fourfold.node.urls"
WSGI_APPLICATION = "fourfold.node.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "fourfold.node",
    "fourfold.node.web",
]
MIDDLEWARE = [
    "fourfold.node.operating.middleware.MeasuringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fourfold.node.security.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fourfold.node.security.SignInMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

# One writer at a time: every transaction takes the write lock when it begins, so that none fails half-way.
# WAL lets readers go on meanwhile; FULL keeps what we told a counterpart we have; what is deleted is zeroed.
SQLITE_PRAGMAS = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;
"""
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME.store,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_PRAGMAS},
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# Cookies ignore ports: two nodes on one machine would sign each other's users out without names of their own.
SESSION_COOKIE_NAME = f"fourfold_session_{NODE.short_id}"
CSRF_COOKIE_NAME = f"fourfold_csrf_{NODE.short_id}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = NODE.url.startswith("https:")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if NODE.url.startswith("https:") else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4_000_000

LOGGING = logging_config(LogFormat(NODE.log_format))
