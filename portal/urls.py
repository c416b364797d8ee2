"""Every address of the portal. What lies in the page tree is Wagtail's to find."""

from typing import Any

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.decorators.csp import csp_override
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from content.views import serve, stepper
from portal import health, signing_in, views
from portal.jobs import following

handler500 = "portal.states.server_error"

cms = decorate_urlpatterns(
    decorate_urlpatterns(wagtailadmin_urls.urlpatterns, signing_in.editors_only),
    csp_override(settings.CMS_CSP),
)

urlpatterns: list[Any] = [
    path("halsa/live", health.live, name="live"),
    path("halsa/redo", health.ready, name="ready"),
    path("halsa/matt", health.measures, name="measures"),
    path("cms/", include(cms)),
    path("dokument/", include(wagtaildocs_urls)),
    path("api/", include("content.api_urls")),
    path("api/", include("search.api_urls")),
]
urlpatterns += i18n_patterns(
    path("logga-in/", signing_in.sign_in, name="login"),
    path("logga-ut/", signing_in.sign_out, name="logout"),
    path("om-portalen/komponenter/", views.components, name="components"),
    path("mina-jobb/<uuid:job_id>/", following.job, name="job"),
    path("vagledning/orosanmalan/guide/", stepper, name="guide"),
    path("", include("search.urls")),
    path("", include("training.urls")),
    path("", include("content.routines.urls")),
    re_path(wagtail_urls.serve_pattern, serve, name="wagtail_serve"),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
