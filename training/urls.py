"""Addresses of training."""

from django.urls import path
from django.views.generic import View

app_name = "training"
urlpatterns = [path("x/", View.as_view(), name="x")]
