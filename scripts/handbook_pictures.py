"""`make handbook`: renew the pictures of docs/redaktorshandbok.md.

Starts the portal with the demo on a database of its own, does what the handbook tells an editor to
do, and takes a picture of each step. Nothing is written but docs/bilder/. Names on the command line
choose pictures: `python -m scripts.handbook_pictures hitta-sidan`.
"""

import io
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.services import Missing, chromium, smtp

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "bilder"
PASSWORD = "fri-fran-vald"  # noqa: S105  # the demo's, which README prints
WIDTH, HEIGHT = 1120, 760
LARGEST = 150_000
GUIDANCE = "/vagledning/orosanmalan/i-forskolan/"


@dataclass
class Studio:
    """Where the pictures are taken."""

    browser: Browser
    url: str

    def page(self, user: str = "", path: str = "/") -> Page:
        """Return a browser's page, signed in as *user*."""
        context = self.browser.new_context(
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
        )
        page = context.new_page()
        if user:
            page.goto(f"{self.url}/logga-in/?next=/cms/")
            page.fill("[name=username]", user)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/cms/")
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        """Open *path* and wait until it has come to rest."""
        page.goto(self.url + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)

    def edit(self, page: Page, path: str) -> None:
        """Open the page that readers find at *path* in the editor, with the menu folded."""
        self.go(page, f"/cms/pages/{self.number(path)}/edit/")
        fold(page)

    def number(self, path: str) -> int:
        """Return the number in the editor of the page that readers find at *path*."""
        return NUMBERS[path]


NUMBERS: dict[str, int] = {}
Take = Callable[[Studio], bytes]
_pictures: dict[str, Take] = {}


def picture(name: str) -> Callable[[Take], Take]:
    """Have the decorated function take the picture called *name*."""

    def register(take: Take) -> Take:
        _pictures[name] = take
        return take

    return register


def main() -> int:
    """Take every picture, or those that are named. Returns 1 when one came out too large."""
    wanted = sys.argv[1:] or list(_pictures)
    unknown = set(wanted) - set(_pictures)
    if unknown:
        sys.stderr.write(f"No such picture: {', '.join(sorted(unknown))}\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        chromium.provision()
    except Missing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    largest = 0
    with portal() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium.path(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        studio = Studio(browser, url)
        for name, take in _pictures.items():
            if name not in wanted:
                continue
            data = packed(take(studio))
            (FOLDER / f"{name}.png").write_bytes(data)
            largest = max(largest, len(data))
            print(f"{name}.png  {len(data) // 1024} kB", flush=True)
        browser.close()
    return 1 if largest > LARGEST else 0


@contextmanager
def portal() -> Iterator[str]:
    """Yield the address of a portal with the demo city, on a database that is thrown away."""
    with tempfile.TemporaryDirectory() as folder, smtp.server() as sink:
        with socket.socket() as chooser:
            chooser.bind(("127.0.0.1", 0))
            port = chooser.getsockname()[1]
        variables = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")} | {
            "PORTAL_SECRET_KEY": secrets.token_urlsafe(48),
            "PORTAL_HOSTS": "127.0.0.1",
            "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.db",
            # To the tests' own server: else mail would be written among the installation's files.
            "PORTAL_EMAIL_URL": sink.url,
            "PORTAL_DEMO": "1",
            "PORTAL_DEMO_PASSWORD": PASSWORD,
            # Serves static files from where they lie, so that none has to be gathered.
            "PORTAL_DEBUG": "true",
        }
        for command in ("migrate --verbosity=0", "load_content", "load_demo", "rebuild_search"):
            manage(command, variables)
        numbers = (
            "from wagtail.models import Page\n"
            "for page in Page.objects.filter(depth__gt=1): print(page.pk, page.url)"
        )
        said = manage("shell --no-imports --command", variables, numbers)
        for line in said.splitlines():
            number, _, path = line.partition(" ")
            NUMBERS["/" + path.partition("://")[2].partition("/")[2] if "://" in path else path] = (
                int(number)
            )
        server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", str(port)],
            cwd=ROOT,
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/halsa/live")
            yield url
        finally:
            server.terminate()
            server.wait(20)


def manage(command: str, variables: dict[str, str], *more: str) -> str:
    """Run a management command and return what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command.split(), *more],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310  # our own server
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The portal did not start.")


def packed(data: bytes) -> bytes:
    """Return a PNG with few colours, which screens have anyhow, as small as it gets."""
    with Image.open(io.BytesIO(data)) as shot:
        image = shot.convert("RGB").quantize(colors=96, dither=Image.Dither.NONE)
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


# --- Handling the editor ------------------------------------------------------------------------


def fold(page: Page) -> None:
    """Fold the editor's menu, so that the form has room."""
    toggle = page.locator("button.sidebar__collapse-toggle")
    if toggle.get_attribute("aria-expanded") != "false":
        toggle.click()
        page.wait_for_timeout(400)


def tab(page: Page, name: str) -> None:
    """Choose a tab of the form."""
    page.get_by_role("tab", name=name).click()
    page.wait_for_timeout(300)


def around(
    page: Page, *parts: Locator, margin: int = 16, height: int | None = None, far_down: bool = True
) -> bytes:
    """Return a picture of what lies around *parts*, *height* at most of it, however far down."""
    if far_down:
        # The editor scrolls inside the window, so the window is made as high as what is in it.
        page.set_viewport_size({"width": WIDTH, "height": 24_000})
        page.wait_for_timeout(800)
    boxes = [box for part in parts if (box := part.bounding_box())]
    left = max(min(box["x"] for box in boxes) - margin, 0)
    top = max(min(box["y"] for box in boxes) - margin, 0)
    right = min(max(box["x"] + box["width"] for box in boxes) + margin, WIDTH)
    bottom = max(box["y"] + box["height"] for box in boxes) + margin
    bottom = min(bottom, top + height) if height else bottom
    return page.screenshot(
        clip={"x": left, "y": top, "width": right - left, "height": bottom - top}
    )


def block(page: Page, label: str) -> Locator:
    """Return the first block of that kind in the form."""
    own_header = f':has(> .w-panel__header:has-text("{label}"))'
    return page.locator(f"section.w-panel--nested{own_header}").first


def without_footer(page: Page) -> None:
    """Take away the bar with the buttons, which would cover a part of a long form."""
    page.add_style_tag(content="footer.footer, .w-form-footer, footer { display: none !important }")


def more_actions(page: Page) -> None:
    """Open the menu beside "Spara utkast"."""
    page.get_by_role("button", name="Fler åtgärder").click()
    page.wait_for_timeout(300)


def menu(page: Page) -> list[Locator]:
    """Return the buttons of the form, those of the open menu too."""
    return page.locator("footer button, footer a").filter(visible=True).all()


def the_contact(studio: Studio) -> Page:
    """Open a contact in its register."""
    page = studio.page("redaktor", "/cms/snippets/content/contact/?q=Kvinnofridslinjen")
    fold(page)
    page.get_by_role("link", name="Kvinnofridslinjen", exact=True).first.click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    return page


# --- The pictures -------------------------------------------------------------------------------


@picture("logga-in")
def sign_in(studio: Studio) -> bytes:
    """The sign-in form."""
    page = studio.page(path="/logga-in/?next=/cms/")
    return page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 620})


@picture("startsidan")
def home(studio: Studio) -> bytes:
    """What meets a reviewer, with a text that waits."""
    writer = studio.page("redaktor")
    studio.edit(writer, "/vagledning/fraga-om-vald/")
    writer.fill("[name=keywords]", "screening\nställa frågan")
    more_actions(writer)
    writer.get_by_role("button", name="Lämna in till Sakgranskning").click()
    writer.wait_for_load_state("networkidle")
    page = studio.page("granskare", "/cms/")
    return page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 520})


@picture("hitta-sidan")
def explorer(studio: Studio) -> bytes:
    """The pages below one page."""
    page = studio.page("redaktor", f"/cms/pages/{studio.number('/vagledning/')}/")
    fold(page)
    return page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 470})


@picture("valj-block")
def chooser(studio: Studio) -> bytes:
    """The list of blocks."""
    page = studio.page("redaktor")
    studio.edit(page, "/vagledning/akut-fara/")
    page.locator("#panel-child-innehall-body-section").scroll_into_view_if_needed()
    page.locator("button.c-sf-add-button").first.click()
    page.wait_for_timeout(500)
    return around(page, page.locator(".w-combobox").first, margin=2)


@picture("block-steg")
def steps(studio: Studio) -> bytes:
    """The beginning of the block of steps in the form."""
    page = studio.page("redaktor")
    studio.edit(page, "/vagledning/akut-fara/")
    without_footer(page)
    return around(page, block(page, "Gör så här"), height=640)


@picture("forhandsgranska")
def preview(studio: Studio) -> bytes:
    """The form with the preview beside it."""
    page = studio.page("redaktor")
    studio.edit(page, GUIDANCE)
    page.locator("[data-side-panel-toggle=preview]").click()
    page.wait_for_timeout(3500)
    return page.screenshot()


@picture("ursprung")
def provenance(studio: Studio) -> bytes:
    """The part of the form about review."""
    page = studio.page("redaktor")
    studio.edit(page, "/vagledning/akut-fara/")
    tab(page, "Ursprung och granskning")
    without_footer(page)
    return around(page, page.locator("#panel-child-ursprung_och_granskning-granskning-section"))


@picture("citat")
def quotation(studio: Studio) -> bytes:
    """A quotation with its source, in the form."""
    page = studio.page("redaktor")
    studio.edit(page, "/mal/mal-6-kunskapsutveckling/")
    without_footer(page)
    return around(page, block(page, "Programmets ord"))


@picture("lagruta")
def law(studio: Studio) -> bytes:
    """A law's box as a reader meets it."""
    page = studio.page(path="/vagledning/akut-fara/")
    return around(page, page.locator(".law").first)


@picture("om-texten")
def about(studio: Studio) -> bytes:
    """What the page says of itself."""
    page = studio.page(path=GUIDANCE)
    return around(page, page.locator("#om-texten"))


@picture("fler-atgarder")
def actions(studio: Studio) -> bytes:
    """The menu with what can be done with a page."""
    page = studio.page("redaktor")
    studio.edit(page, GUIDANCE)
    more_actions(page)
    return around(page, *menu(page), margin=6, far_down=False)


@picture("granska")
def review(studio: Studio) -> bytes:
    """The same menu for a reviewer of a text that waits."""
    page = studio.page("granskare")
    studio.edit(page, "/vagledning/fraga-om-vald/")
    more_actions(page)
    return around(page, *menu(page), margin=6, far_down=False)


@picture("kontakt")
def contact(studio: Studio) -> bytes:
    """A contact in its register."""
    page = the_contact(studio)
    without_footer(page)
    return page.screenshot()


@picture("anvandning")
def usage(studio: Studio) -> bytes:
    """Where a contact is used."""
    page = the_contact(studio)
    number = page.url.rstrip("/").rpartition("/")[2]
    studio.go(page, f"/cms/snippets/content/contact/usage/{number}/")
    return page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 620})


@picture("modul-fraga")
def question(studio: Studio) -> bytes:
    """A question of a module."""
    page = studio.page("redaktor")
    studio.edit(page, "/utbildning/orosanmalan/")
    tab(page, "Kunskapstest")
    without_footer(page)
    return around(page, block(page, "Ett rätt svar"), height=900)


@picture("modul-andring")
def change(studio: Studio) -> bytes:
    """What an author says of a change before publishing it."""
    page = studio.page("redaktor")
    studio.edit(page, "/utbildning/orosanmalan/")
    tab(page, "Ändring")
    page.select_option("[name=change_kind]", "substantive")
    page.fill("[name=change_note]", "Lektion 4 har fått ett exempel om samtal med vårdnadshavare.")
    return page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 520})


@picture("fel")
def faults(studio: Studio) -> bytes:
    """What a form says that lacks something."""
    page = studio.page(
        "redaktor", f"/cms/pages/add/content/guidancepage/{studio.number('/vagledning/')}/"
    )
    fold(page)
    page.locator("[name=title]").press_sequentially("När en vårdnadshavare hotar")
    page.get_by_role("button", name="Spara utkast").click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    return page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 420})


@picture("historik")
def history(studio: Studio) -> bytes:
    """What has happened to a page."""
    path = "/vagledning/nar-nagon-berattar/"
    writer = studio.page("redaktor")
    studio.edit(writer, path)
    writer.fill("[name=menu_title]", "När någon berättar")
    more_actions(writer)
    writer.get_by_role("button", name="Publicera", exact=True).click()
    writer.wait_for_load_state("networkidle")
    studio.go(writer, f"/cms/pages/{studio.number(path)}/history/")
    fold(writer)
    writer.locator("main table tbody tr").nth(1).hover()
    return writer.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 420})


if __name__ == "__main__":
    sys.exit(main())
