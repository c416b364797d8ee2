"""The Chromium that browser tests drive: the system's own."""

import shutil

from tests.services import Missing, apt_install

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def provision() -> None:
    """See that a Chromium is here, installing it where possible."""
    if _found() is None:
        apt_install("chromium", why="Chromium is missing")


def path() -> str:
    """Return Chromium's path. Raises Missing when there is none."""
    if found := _found():
        return found
    raise Missing("Chromium is missing: install the package chromium.")


def _found() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)
