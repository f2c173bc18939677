"""Addresses for supervisors and monitors."""

from django.urls import path

from fourfold.node.operating import views

urlpatterns = [
    path("health/live", views.live),
    path("health/ready", views.ready),
    path("metrics", views.metrics),
]
