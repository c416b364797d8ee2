"""Every pair of colours that the look uses can be told apart, in light and in dark.

The pairs are written down by hand: what stands on what is a decision. Other tests make sure that
colours stand in the token file alone, and that every token is measured or said to be ornament.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CSS = ROOT / "static" / "css"
TEXT = 4.5
CONTROL = 3.0

GROUNDS = ("paper", "sheet", "wash", "sand", "acute-wash")
# (what is drawn, what it is drawn on)
TEXT_PAIRS = [
    *(("ink", ground) for ground in (*GROUNDS, "mark")),
    *(("ink-2", ground) for ground in ("paper", "sheet", "wash", "sand")),
    *(("brand", ground) for ground in ("paper", "sheet", "wash", "sand", "mark")),
    *(("brand-strong", ground) for ground in ("paper", "sheet", "wash", "sand")),
    *(("acute", ground) for ground in ("paper", "sheet", "acute-wash")),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-door", "door"),
    ("paper", "ink"),
    ("on-deep", "deep"),
    ("on-deep-2", "deep"),
]
CONTROL_PAIRS = [
    *(("field", ground) for ground in ("paper", "sheet", "wash")),
    *(("brand", ground) for ground in ("paper", "sheet", "wash")),
    *(("done", ground) for ground in ("paper", "sheet", "wash")),
    *(("acute", ground) for ground in ("paper", "sheet", "acute-wash")),
    *(("focus-ink", ground) for ground in ("focus",)),
]
# Lines that part text from text, and the veil behind an open menu: nothing is read from them.
ORNAMENT = {"line", "shade"}

Scheme = dict[str, str]


def _tokens() -> tuple[Scheme, Scheme]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    found = re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    return {name: light for name, light, _ in found}, {name: dark for name, _, dark in found}


def _luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours as WCAG 2 counts it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


LIGHT, DARK = _tokens()
SCHEMES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]


def test_the_measure_agrees_with_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("drawn", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme: Scheme, drawn: str, ground: str):
    assert contrast(scheme[drawn], scheme[ground]) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("drawn", "ground"), CONTROL_PAIRS)
def test_controls_and_shapes_can_be_seen(scheme: Scheme, drawn: str, ground: str):
    assert contrast(scheme[drawn], scheme[ground]) >= CONTROL


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", [*GROUNDS, "deep", "door"])
def test_focus_shows_on_every_ground(scheme: Scheme, ground: str):
    """The ring is amber around ink: one of the two stands out wherever it lands."""
    best = max(contrast(scheme[part], scheme[ground]) for part in ("focus", "focus-ink"))

    assert best >= CONTROL


def test_every_token_is_measured_or_ornament():
    measured = {name for pair in (*TEXT_PAIRS, *CONTROL_PAIRS) for name in pair}
    declared = set(
        re.findall(r"--([a-z0-9-]+): light-dark\(", (CSS / "tokens.css").read_text("utf-8"))
    )

    assert declared == measured | ORNAMENT


@pytest.mark.parametrize(
    "sheet",
    [
        path.name
        for path in sorted(CSS.glob("*.css"))
        if path.name not in {"tokens.css", "print.css"}
    ],
)
def test_colours_are_tokens_everywhere_else(sheet: str):
    """Only print.css may name its own: on paper black is black, whatever the scheme."""
    text = (CSS / sheet).read_text(encoding="utf-8")
    without_masks = re.sub(r'url\("data:[^"]*"\)', "", text)

    assert re.findall(r"#[0-9a-f]{3,8}\b|\brgb\(|\bhsl\(|\boklch\(", without_masks) == []


def test_tokens_that_are_used_exist():
    tokens = (CSS / "tokens.css").read_text(encoding="utf-8")
    declared = set(re.findall(r"(--[a-z0-9-]+):", tokens))
    used = {
        name
        for path in CSS.glob("*.css")
        for name in re.findall(r"var\((--[a-z0-9-]+)", path.read_text(encoding="utf-8"))
    }

    assert used == declared


def test_the_browsers_own_frame_has_the_colour_of_the_page():
    base = (ROOT / "portal" / "templates" / "base.html").read_text(encoding="utf-8")
    metas = re.findall(
        r'name="theme-color"\s+content="(#[0-9a-f]{6})"\s+media="\(prefers-color-scheme: (\w+)\)"',
        base,
    )

    assert metas == [(LIGHT["paper"], "light"), (DARK["paper"], "dark")]


def test_nothing_is_fetched_from_elsewhere():
    files = [*CSS.glob("*.css"), *(ROOT / "static" / "js").glob("*.js")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)

    assert re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9.-]+\.[a-z]{2,}", text) == []
