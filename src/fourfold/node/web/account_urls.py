"""Addresses of one's own account. Those with an underscore are names by which django-allauth finds its pages.

Nothing else of it is mounted: nobody signs up by page, and no e-mail is sent.
"""

from django.urls import path

from fourfold.node.web.views import account, confirming, factors, institution, sessions, signing_in

urlpatterns = [
    path("sign-in/", signing_in.SignIn.as_view(), name="account_login"),
    path("sign-in/second-step/", signing_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", signing_in.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-in/institution/", institution.leave, name="oidc-leave"),
    path("sign-in/institution/back/", institution.come_back, name="oidc-callback"),
    path("sign-in/again/", signing_in.start_again, name="start-again"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/sessions/end/", sessions.end_sessions, name="end-sessions"),
    path("account/confirm/", confirming.ConfirmByPassword.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", confirming.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/", confirming.ConfirmByPasskey.as_view(), name="mfa_reauthenticate_webauthn"
    ),
    path("account/second-factor/", factors.second_factor, name="second-factor"),
    path("account/app/add/", factors.AddApp.as_view(), name="mfa_activate_totp"),
    path("account/app/remove/", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("account/passkeys/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/recovery-codes/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new/", factors.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
]
