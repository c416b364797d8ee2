"""Every address of the portal. What lies in the page tree is Wagtail's to find."""

from typing import Any

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

urlpatterns: list[Any] = [
    path("cms/", include(decorate_urlpatterns(wagtailadmin_urls.urlpatterns, csp_override(settings.CMS_CSP)))),
    path("dokument/", include(wagtaildocs_urls)),
]
urlpatterns += i18n_patterns(
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
