"""Addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from fourfold.node.web.views import (
    activity,
    agreements,
    demo,
    evidence,
    handed_in,
    inbox,
    matrix,
    plain,
    records,
    releases,
    together,
)

urlpatterns = [
    path("", matrix.matrix, name="matrix"),
    path("activities/<slug:activity_id>/", activity.activity, name="activity"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<str:digest>/", agreements.agreement, name="agreement"),
    path("records/", records.records, name="records"),
    path("records/import/", demo.import_examples, name="import-examples"),
    path("records/<str:record_id>/", records.record, name="record"),
    path("records/<str:record_id>/release/", demo.release, name="make-release"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<str:release_id>/", releases.release, name="release"),
    path("releases/<str:release_id>/withdraw/", demo.withdraw, name="withdraw"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/collect/", demo.sync, name="collect"),
    path("inbox/handed-in/", handed_in.handed_in, name="handed-in"),
    path("inbox/<int:pk>/", inbox.received, name="received"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("evidence/<str:institution>/checks/", evidence.checks, name="checks"),
    path("evidence/<str:institution>/files/", evidence.download, name="evidence-files"),
    path("together/", together.together, name="together"),
    path("together/<str:digest>/", together.course, name="course"),
    path("institutions/", plain.institutions, name="institutions"),
    path("events/", plain.events, name="events"),
    path("about/", plain.about, name="about"),
    path("sign-in/", LoginView.as_view(template_name="web/sign_in.html"), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
]
