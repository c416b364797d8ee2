"""Addresses of units' routines. They lie below a page of the tree and are matched before it."""

from django.urls import path

from content.routines import views

app_name = "routines"
BASE = "vagledning/orosanmalan/rutin/"
urlpatterns = [
    path(BASE, views.index, name="list"),
    path(f"{BASE}<int:pk>/", views.unit, name="unit"),
    path(f"{BASE}<int:pk>/andra/", views.edit, name="edit"),
    path(f"{BASE}<int:pk>/versioner/", views.history, name="history"),
    path(f"{BASE}<int:pk>/versioner/<int:number>/", views.version, name="version"),
]
