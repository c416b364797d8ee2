"""The image holds what the portal needs, and nothing that is anybody's secret."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.deploy.installation import OURS, PROGRAMS, ROOT, SERVICES, files_sent, stages, values

SECRET = [
    ".env",
    ".git/config",
    "local.env",
    "deploy/secrets/secret_key",
    "var/portal.db",
    "var/media/documents/plan.pdf",
    "tests/portal/test_env.py",
    "docs/operations.md",
    "portal/local.env",
    "portal/.env",
    "portal/.netrc",
    "content/library/.DS_Store",
    "content/portal.db",
    "content/portal.db-wal",
    "training/server.key",
    "search/certificates/tls.pem",
    "portal/secrets/key",
    "static/dump.sqlite3",
    "portal/__pycache__/env.cpython-313.pyc",
    "portal.db",
    "staff.csv",
    "dump.sql",
]


def lint(dockerfile: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            PROGRAMS / "hadolint", "--no-color", "--failure-threshold", "style",
            "--require-label", "org.opencontainers.image.title:text",
            "--require-label", "org.opencontainers.image.licenses:spdx",
            "--require-label", "org.opencontainers.image.version:text",
            "--trusted-registry", "docker.io",
            dockerfile,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


class TestTheLinter:
    def test_has_nothing_to_say(self):
        found = lint(ROOT / "Dockerfile")

        assert (found.returncode, found.stdout) == (0, "")

    @pytest.mark.parametrize(
        ("fault", "rule"),
        [
            ("FROM python:latest\n", "DL3007"),
            ("FROM python:3.13\nRUN apt-get install -y gcc\n", "DL3008"),
            ("FROM python:3.13\nRUN pip install Django\n", "DL3013"),
            ("FROM python:3.13\nCMD python -m portal.serve web\n", "DL3025"),
            ("FROM python:3.13\nRUN echo $(cat $FILE)\n", "SC2086"),
        ],
    )
    def test_is_really_asked(self, fault, rule, tmp_path):
        (tmp_path / "Dockerfile").write_text(fault, encoding="utf-8")

        found = lint(tmp_path / "Dockerfile")

        assert found.returncode == 1
        assert rule in found.stdout


class TestWhatIsSentToTheBuild:
    def test_leaves_out_secrets_data_and_tests(self, tmp_path):
        for name in [*SECRET, "portal/settings.py"]:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("hemligt", encoding="utf-8")

        assert files_sent(tmp_path) == {"portal/settings.py"}

    def test_holds_every_package_and_every_file_of_it_that_is_kept(self):
        packages = {
            name.split(".")[0]
            for name in settings.INSTALLED_APPS
            if (ROOT / name.split(".")[0]).is_dir()
        }
        kept = subprocess.run(
            ["git", "ls-files", "-z", *packages, "static", "manage.py", "LICENCE"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.split("\0")  # fmt: skip
        kept = {name for name in kept if name and (ROOT / name).is_file()}

        assert {"portal", "content", "training", "search"} <= packages
        assert {name for name in kept - files_sent(ROOT) if "/." not in name} == set()


class TestTheImage:
    def test_holds_the_static_files_gathered_and_the_code_compiled(self, built):
        files = built.files()

        assert "static-collected/staticfiles.json" in files
        assert any(
            re.match(r"portal/__pycache__/settings\.cpython-3\d+\.pyc", each) for each in files
        )

    def test_does_not_hold_the_key_it_was_built_with(self, built):
        [command] = values(stages()[2], "RUN")
        [key] = re.findall(r"PORTAL_SECRET_KEY=(\S+)", command)

        for name in built.files():
            assert key.encode() not in (built.home / name).read_bytes(), name

    def test_is_built_on_the_python_that_is_tested(self):
        wanted = ".".join((ROOT / ".python-version").read_text().split(".")[:2])

        assert re.match(
            rf"python:{re.escape(wanted)}\.\d+-slim-\w+ AS base", values(stages()[0], "FROM")[0]
        )
        assert {values(stage, "FROM")[0].split()[0] for stage in stages()[1:]} == {
            "base",
            "packages",
        }

    def test_says_what_it_is_built_on(self):
        labels = " ".join(values(stages()[-1], "LABEL"))

        assert f"docker.io/library/{values(stages()[0], 'FROM')[0].split()[0]}" in labels

    def test_takes_no_package_whose_hash_is_not_known_and_compiles_none(self):
        installed = [
            command for stage in stages() for command in values(stage, "RUN") if "pip" in command
        ]

        assert len(installed) == 1
        assert "--require-hashes" in installed[0]
        assert "--only-binary=:all:" in installed[0]

    def test_takes_nothing_from_elsewhere(self):
        text = "\n".join(command for stage in stages() for command in values(stage, "RUN"))

        assert not re.search(r"\b(apt-get|apk|curl|wget|git|gcc|make)\b", text)
        assert not [each for stage in stages() for each in values(stage, "ADD")]

    def test_keeps_no_secret_in_its_settings(self):
        given = [
            each for stage in stages() for name in ("ARG", "ENV") for each in values(stage, name)
        ]

        assert not re.search(r"KEY|SECRET|PASSWORD|TOKEN|_URL", " ".join(given))

    def test_runs_as_the_one_user_that_compose_names(self):
        last = stages()[-1]

        assert values(last, "USER") == ["10001:10001"]
        assert {SERVICES[name]["user"] for name in OURS} == {"10001:10001"}
        # Nothing is copied or changed after the user is: all of it belongs to root.
        names = [instruction.name for instruction in last]
        assert not {"COPY", "RUN"} & set(names[names.index("USER") :])

    def test_is_told_to_end_in_a_way_that_its_programs_hear(self):
        assert values(stages()[-1], "STOPSIGNAL") == ["SIGTERM"]

    def test_asks_itself_whether_it_lives(self):
        [check] = values(stages()[-1], "HEALTHCHECK")

        command = yaml.safe_load(check.partition("CMD ")[2])
        assert command == ["python", "-m", "portal.serve", "answers", "/halsa/live"]
