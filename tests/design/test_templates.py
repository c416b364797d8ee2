"""The templates keep to what the strict policy and the house rules allow."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("portal", "content", "training", "search")
TEMPLATES = [
    path for package in PACKAGES for path in sorted((ROOT / package / "templates").rglob("*.html"))
]
COMPONENTS = sorted((ROOT / "portal" / "templates" / "components").glob("*.html"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_no_code_or_style_stands_in_a_page(template: Path):
    """script-src 'self' and style-src 'self' would drop it without a word."""
    text = template.read_text(encoding="utf-8")

    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_nothing_is_fetched_from_elsewhere(template: Path):
    text = template.read_text(encoding="utf-8")

    assert re.findall(r"<(?:script|link|img|iframe|source)[^>]*https?://", text) == []


@pytest.mark.parametrize("component", COMPONENTS, ids=_name)
def test_a_component_opens_by_naming_its_variables(component: Path):
    first = component.read_text(encoding="utf-8").splitlines()[0]

    assert first.startswith(f"{{# {component.name}: ")


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_every_component_asked_for_exists(template: Path):
    asked = re.findall(
        r'(?:include|extends) "(components/[a-z_/]+\.html)"', template.read_text("utf-8")
    )

    assert [name for name in asked if not (ROOT / "portal" / "templates" / name).exists()] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_every_post_is_guarded(template: Path):
    text = template.read_text(encoding="utf-8")
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, flags=re.DOTALL)

    assert [form for form in forms if "{% csrf_token %}" not in form] == []
