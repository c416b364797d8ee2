"""The addresses of the search that other programs and the search field use, below `/api/`."""

from django.urls import path

from search import views

urlpatterns = [
    path("sok", views.search_api, name="api_search"),
    path("sok/forslag", views.suggest_api, name="api_suggest"),
]
