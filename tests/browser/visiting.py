"""Opening pages of every kind, each as its own reader."""

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from portal.organisation.models import User
from tests.browser.page_types import PageType, Reader, Staged


def session_cookie(user: User, url: str) -> Any:
    """Return the cookie of a new session of *user*."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


class Visit:
    """Opens pages of every kind, each as its own reader."""

    def __init__(self, page: Page, staged: Staged, readers: dict[Reader, User], url: str) -> None:
        self.page, self.url = page, url
        self._staged = staged
        self._cookies = {name: session_cookie(user, url) for name, user in readers.items()}

    def __call__(self, page_type: PageType) -> Page:
        """Open a page of that kind."""
        address = self.url + page_type.path(self._staged)
        self.page.context.clear_cookies()
        if page_type.reader in self._cookies:
            self.page.context.add_cookies([self._cookies[page_type.reader]])
        self.page.goto(address)
        if page_type.arrive:
            page_type.arrive(self.page)
        return self.page
