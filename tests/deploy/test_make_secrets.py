"""deploy/make-secrets: long, random, agreeing with each other, and never made twice."""

import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal import env
from tests.deploy.installation import COMPOSE, ROOT


def make(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", ROOT / "deploy" / "make-secrets", folder],
        capture_output=True, text=True, check=False, umask=0,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make(tmp_path / "secrets")
    assert made.returncode == 0, made.stderr
    return tmp_path / "secrets"


def test_makes_each_file_that_compose_hands_out(folder):
    wanted = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}

    assert {path.name for path in folder.iterdir()} == wanted
    assert {Path(secret["file"]).parent for secret in COMPOSE["secrets"].values()} == {
        Path("deploy/secrets")
    }


def test_lets_the_containers_read_the_files_and_nobody_else_on_the_machine(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


def test_gives_a_key_that_the_portal_accepts(folder, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY_FILE", str(folder / "secret_key"))

    assert len(env.secret("PORTAL_SECRET_KEY")) >= 50


def test_gives_an_address_that_the_portal_reads_with_the_password_of_its_role(folder, monkeypatch):
    monkeypatch.setenv("PORTAL_DATABASE_URL_FILE", str(folder / "database_url"))

    found = env.database("PORTAL_DATABASE_URL", default="")

    assert (found.engine, found.user, found.name) == ("postgresql", "portal", "portal")
    assert (found.host, found.port) == ("postgres", "5432")
    assert found.password == (folder / "database_password").read_text()
    assert urlsplit((folder / "database_url").read_text()).query == ""


def test_makes_others_next_time_and_elsewhere(folder, tmp_path):
    make(tmp_path / "others")

    for path in folder.iterdir():
        assert path.read_text() != (tmp_path / "others" / path.name).read_text(), path.name
    texts = [path.read_text() for path in folder.iterdir()]
    assert len(set(texts)) == len(texts)


def test_leaves_what_is_there_alone(folder):
    before = {path.name: path.read_text() for path in folder.iterdir()}

    again = make(folder)

    assert again.returncode == 0
    assert "lämnats orörd" in again.stdout
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_leaves_nothing_half_made_when_it_cannot_finish(tmp_path):
    (tmp_path / "locked").write_text("a file where a folder is wanted")

    assert make(tmp_path / "locked" / "secrets").returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["locked"]


def test_keeps_them_out_of_the_repository():
    ignored = subprocess.run(
        ["git", "check-ignore", "--quiet", "deploy/secrets/secret_key"], cwd=ROOT, check=False
    )

    assert ignored.returncode == 0
