"""Django's settings for one node, read from the folder that FOURFOLD_HOME names."""

import os
from pathlib import Path

from fourfold.node.database import postgresql, sqlite
from fourfold.node.home import Home
from fourfold.node.operating.logs import LogFormat, logging_config

HOME = Home(Path(os.environ["FOURFOLD_HOME"]).resolve())
NODE = HOME.config()

SECRET_KEY = HOME.secret()
DEBUG = False
ALLOWED_HOSTS = NODE.allowed_hosts
ROOT_URLCONF = "fourfold.node.urls"
WSGI_APPLICATION = "fourfold.node.wsgi.application"
APPEND_SLASH = False  # fourfold.node.asking: an address is answered where it stands
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "fourfold.node",
    "fourfold.node.web",
]
MIDDLEWARE = [
    "fourfold.node.operating.middleware.MeasuringMiddleware",
    "fourfold.node.asking.AskingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fourfold.node.security.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "fourfold.node.security.VisibleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fourfold.node.web.middleware.LapseMiddleware",
    "fourfold.node.security.SignInMiddleware",
    "fourfold.node.security.ReadingMiddleware",
    "fourfold.node.web.middleware.OnceMiddleware",
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
            ],
            # In place of Django's {% csrf_token %}: a one-time key goes with it into every form.
            "builtins": ["fourfold.node.web.templatetags.forms"],
        },
    }
]

DATABASES = {"default": postgresql(NODE.database) if NODE.database else sqlite(HOME.store)}

# Those in which whole pages come; a browser that asks for another gets the first, marked as what it is.
LANGUAGES = [("en-gb", "English")]
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

# What is counted (tries to sign in, codes that were used) lies in the store: all processes see the same.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "node_counter",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

CSRF_FAILURE_VIEW = "fourfold.node.web.lapses.out_of_date"

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["fourfold.node.signing_in.hashing.NormalisedHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# django-allauth: sign-in by name and password, second factors, sessions. Names are exact, as Django has them.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ACCOUNT_ADAPTER = "fourfold.node.signing_in.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # which fields there are; nobody signs up by page
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/10m/ip,5/10m/key",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = NODE.proxies
SOCIALACCOUNT_ADAPTER = "fourfold.node.signing_in.oidc.Subjects"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "fourfold.node.signing_in.factors.Factors"
MFA_FORMS = {
    "add_webauthn": "fourfold.node.signing_in.forms.AddPasskey",
    "login_webauthn": "fourfold.node.signing_in.forms.SignIn",
    "authenticate_webauthn": "fourfold.node.signing_in.forms.SecondStep",
    "reauthenticate_webauthn": "fourfold.node.signing_in.forms.Confirm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there are no e-mail addresses here

# Cookies ignore ports: two nodes on one machine would sign each other's users out without names of their own.
SESSION_COOKIE_NAME = f"fourfold_session_{NODE.short_id}"
CSRF_COOKIE_NAME = f"fourfold_csrf_{NODE.short_id}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = NODE.url.startswith("https:")
# TLS ends at a proxy, so that the node itself would take its own https pages for a stranger's.
CSRF_TRUSTED_ORIGINS = [NODE.origin]
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if NODE.url.startswith("https:") else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4_000_000
# Whoever asks without an account must not fill the disk: only the form that asks for a file takes one.
FILE_UPLOAD_HANDLERS = ["fourfold.node.web.uploads.RefuseFiles"]

LOGGING = logging_config(LogFormat(NODE.log_format))
