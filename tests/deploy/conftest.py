"""The image, made once."""

from collections.abc import Iterator

import pytest

from tests.deploy.installation import Image, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image's /app, as the Dockerfile makes it."""
    return build(tmp_path_factory.mktemp("image"))


@pytest.fixture
def image(built: Image) -> Iterator[Image]:
    """The same; what a test starts in it is ended, and nothing may have been written to it."""
    before = built.files()
    yield built
    built.stop_all()
    left = built.files() - before
    assert not {name for name in left if not name.startswith("var/")}
