"""`make run`'s preparations: the port, local.env, and doing only what has changed."""

import os
import socket
import stat

import pytest

from portal import env, start


class TestThePort:
    def test_is_8000_when_nothing_is_said(self):
        assert start.chosen_port("") == 8000

    @pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80", "²"])
    def test_nonsense_ends_with_one_sentence(self, text):
        with pytest.raises(SystemExit) as ended:
            start.chosen_port(text)

        assert "mellan 1 och 65535" in str(ended.value)

    def test_is_taken_while_someone_listens_and_free_afterwards(self):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            port = server.getsockname()[1]

            assert not start.is_free(port)

        assert start.is_free(port)

    def test_a_taken_one_ends_the_start_before_anything_is_written(self, monkeypatch, tmp_path):
        monkeypatch.setattr(start, "LOCAL_ENV", tmp_path / "local.env")
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            port = server.getsockname()[1]
            monkeypatch.setenv("PORT", str(port))

            with pytest.raises(SystemExit) as ended:
                start.main()

        assert str(port) in str(ended.value)
        assert f"PORT={port + 1} make run" in str(ended.value)
        assert list(tmp_path.iterdir()) == []


class TestLocalEnv:
    def test_is_written_for_its_owner_alone(self, tmp_path):
        path = tmp_path / "local.env"
        old = os.umask(0)
        try:
            assert start.write_local_env(path)
        finally:
            os.umask(old)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_gives_a_key_that_is_long_and_its_own(self, tmp_path, monkeypatch):
        keys = set()
        for name in ("one.env", "two.env"):
            start.write_local_env(tmp_path / name)
            for variable in ("PORTAL_SECRET_KEY", "PORTAL_HOSTS", "PORTAL_DEMO"):
                monkeypatch.delenv(variable, raising=False)
            env.load_file(tmp_path / name)
            keys.add(env.secret("PORTAL_SECRET_KEY"))
            assert set(env.hosts("PORTAL_HOSTS")) <= env.LOOPBACK
            assert env.flag("PORTAL_DEMO", default=False)

        assert len(keys) == 2
        assert min(map(len, keys)) >= 50

    def test_is_never_overwritten(self, tmp_path):
        path = tmp_path / "local.env"
        path.write_text("PORTAL_SECRET_KEY=min\n", encoding="utf-8")

        assert not start.write_local_env(path)
        assert path.read_text(encoding="utf-8") == "PORTAL_SECRET_KEY=min\n"


class TestDone:
    @pytest.fixture
    def did(self) -> list[str]:
        return []

    def test_a_step_is_done_once_for_the_same_files(self, tmp_path, did):
        for _ in range(2):
            done = start.Done(tmp_path / "ready.json", database="a")
            done.unless("content", "1", lambda: did.append("content"))

        assert did == ["content"]

    def test_a_step_is_done_again_when_its_files_have_changed(self, tmp_path, did):
        done = start.Done(tmp_path / "ready.json", database="a")
        for wanted in ("1", "2"):
            done.unless("content", wanted, lambda: did.append("content"))

        assert did == ["content", "content"]

    def test_another_database_has_everything_to_do(self, tmp_path, did):
        for database in ("a", "b"):
            done = start.Done(tmp_path / "ready.json", database=database)
            done.unless("content", "1", lambda: did.append("content"))

        assert did == ["content", "content"]

    def test_a_step_that_failed_is_tried_again(self, tmp_path, did):
        path = tmp_path / "ready.json"

        def fail() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            start.Done(path, database="a").unless("content", "1", fail)
        start.Done(path, database="a").unless("content", "1", lambda: did.append("content"))

        assert did == ["content"]

    def test_a_note_that_cannot_be_read_is_as_none(self, tmp_path, did):
        (tmp_path / "ready.json").write_text("{", encoding="utf-8")

        done = start.Done(tmp_path / "ready.json", database="a")
        done.unless("content", "1", lambda: did.append("content"))

        assert did == ["content"]


class TestFingerprint:
    @pytest.fixture
    def folder(self, tmp_path, monkeypatch):
        monkeypatch.setattr(start, "ROOT", tmp_path)
        folder = tmp_path / "library"
        folder.mkdir()
        (folder / "a.md").write_text("text", encoding="utf-8")
        return folder

    def test_is_the_same_for_the_same_files(self, folder):
        assert start.fingerprint([folder]) == start.fingerprint([folder])

    def test_tells_changed_renamed_and_added_files(self, folder):
        seen = {start.fingerprint([folder])}

        (folder / "a.md").write_text("annan text", encoding="utf-8")
        seen.add(start.fingerprint([folder]))
        (folder / "a.md").rename(folder / "b.md")
        seen.add(start.fingerprint([folder]))
        (folder / "c.md").write_text("", encoding="utf-8")
        seen.add(start.fingerprint([folder]))

        assert len(seen) == 4

    def test_compiled_python_does_not_count(self, folder):
        before = start.fingerprint([folder])

        (folder / "a.pyc").write_bytes(b"")

        assert start.fingerprint([folder]) == before

    def test_a_salt_changes_it(self, folder):
        assert start.fingerprint([folder], salt="a") != start.fingerprint([folder], salt="b")
