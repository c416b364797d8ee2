"""The addresses of the programme for other programs, below `/api/`."""

from django.urls import path

from content import api

urlpatterns = [
    path("program", api.programme, name="api_programme"),
    path("program/<slug:name>.csv", api.table, name="api_programme_table"),
]
