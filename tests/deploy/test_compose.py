"""docker-compose.yml keeps to the specification and to what an installation is promised."""

import os
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from django.conf import settings

from tests.deploy.installation import (
    COMPOSE,
    OURS,
    PROGRAMS,
    ROOT,
    SERVICES,
    interpolated,
    stages,
    values,
    variables_in,
)


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file against the Compose specification's schema, which the checker brings with it."""
    return subprocess.run(
        [PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path],
        capture_output=True,
        text=True,
        check=False,
    )


class Reading(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)


def names_that_settings_read() -> set[str]:
    environment = Reading({"PORTAL_SECRET_KEY": "x" * 60, "PORTAL_HOSTS": "portal.example"})
    with mock.patch.object(os, "environ", environment):
        runpy.run_path(str(ROOT / "portal" / "settings.py"))
    return environment.asked


class TestTheSpecification:
    def test_is_kept(self):
        found = validate(ROOT / "docker-compose.yml")

        assert found.returncode == 0, found.stdout

    @pytest.mark.parametrize(
        "fault",
        [
            {"services": {"web": {"image": "x", "healtcheck": {}}}},
            {"services": {"web": {"image": "x", "depends_on": {"a": {"condition": "ready"}}}}},
            {"services": {"web": {"image": "x", "cap_drop": "ALL"}}},
        ],
    )
    def test_is_really_asked(self, fault, tmp_path):
        (tmp_path / "docker-compose.yml").write_text(yaml.safe_dump(fault), encoding="utf-8")

        assert validate(tmp_path / "docker-compose.yml").returncode == 1


class TestTheParts:
    def test_are_all_there(self):
        assert set(OURS) == {"prepare", "web", "worker", "timer"}
        assert set(SERVICES) - set(OURS) == {"postgres", "elasticsearch", "mailpit"}

    def test_of_ours_are_one_image_with_different_commands(self):
        assert len({SERVICES[name]["image"] for name in OURS}) == 1
        assert len({tuple(SERVICES[name]["command"]) for name in OURS}) == len(OURS)

    @pytest.mark.parametrize("name", ["web", "worker", "timer"])
    def test_wait_for_a_prepared_database(self, name):
        wanted = SERVICES[name]["depends_on"]

        assert wanted["prepare"]["condition"] == "service_completed_successfully"
        assert wanted["postgres"]["condition"] == "service_healthy"
        assert "elasticsearch" not in wanted

    def test_are_prepared_even_when_search_is_away(self):
        wanted = SERVICES["prepare"]["depends_on"]

        assert wanted["postgres"]["condition"] == "service_healthy"
        assert wanted["elasticsearch"] == {"condition": "service_healthy", "required": False}

    def test_come_back_by_themselves_but_for_the_one_that_ends(self):
        restarts = {name: service["restart"] for name, service in SERVICES.items()}

        assert restarts.pop("prepare") == "no"
        assert set(restarts.values()) == {"unless-stopped"}


@pytest.mark.parametrize("name", SERVICES)
class TestEveryService:
    def test_is_not_root_and_cannot_become_it(self, name):
        service = SERVICES[name]
        user = re.fullmatch(r"(\d+):(\d+)", service["user"])

        assert user
        assert int(user[1]) > 0
        assert service["cap_drop"] == ["ALL"]
        assert "cap_add" not in service
        assert "privileged" not in service
        assert service["security_opt"] == ["no-new-privileges:true"]

    def test_cannot_change_its_own_program(self, name):
        # Elasticsearch writes its key store beside its program, and says so in the file.
        assert SERVICES[name].get("read_only", False) == (name != "elasticsearch")

    def test_says_whether_it_is_well(self, name):
        check = SERVICES[name]["healthcheck"]

        if name == "prepare":
            assert check == {"disable": True}
            return
        assert check["test"][0] == "CMD"
        assert {"interval", "timeout", "retries", "start_period"} <= set(check)

    def test_cannot_take_the_whole_machine(self, name):
        assert set(SERVICES[name]["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}

    def test_does_not_fill_the_disk_with_its_log(self, name):
        assert SERVICES[name]["logging"]["options"]["max-size"]

    def test_is_one_known_version(self, name):
        image = interpolated(SERVICES[name]["image"])
        tag = image.rpartition(":")[2]

        assert name in OURS or re.match(r"v?\d+\.\d+", tag), image

    def test_keeps_what_it_must_in_a_named_volume(self, name):
        for volume in SERVICES[name].get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or volume.endswith(":ro"), volume

    def test_is_described(self, name):
        text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

        assert f"| `{name}` |" in text
        assert {
            each for each in SERVICES[name].get("secrets", []) if f"| `{each}` |" not in text
        } == set()

    def test_is_handed_secrets_as_files(self, name):
        service = SERVICES[name]
        given = set(service.get("secrets", []))

        assert given <= set(COMPOSE["secrets"])
        for variable, value in service["environment"].items():
            if variable.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in given, variable
            else:
                assert not re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL", variable), variable


class TestWhatIsReachedFromOutside:
    def test_is_the_web_alone_and_on_loopback(self):
        published = {
            name: service["ports"]
            for name, service in SERVICES.items()
            if "ports" in service and "profiles" not in service
        }

        assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}

    def test_is_the_trial_mail_on_loopback_when_it_is_asked_for(self):
        assert SERVICES["mailpit"]["profiles"] == ["trial"]
        assert all(port.startswith("127.0.0.1:") for port in SERVICES["mailpit"]["ports"])

    @pytest.mark.parametrize("name", ["postgres", "elasticsearch"])
    def test_is_never_what_holds_the_data(self, name):
        assert COMPOSE["networks"]["data"] == {"internal": True}
        assert SERVICES[name]["networks"] == ["data"]

    @pytest.mark.parametrize("name", ["prepare", "timer"])
    def test_nor_may_those_reach_out_who_need_not(self, name):
        assert SERVICES[name]["networks"] == ["data"]


class TestTheEnvironment:
    @pytest.mark.parametrize("name", OURS)
    def test_names_only_what_the_settings_read(self, name):
        given = set(SERVICES[name]["environment"])

        assert given <= names_that_settings_read()

    def test_is_the_same_for_all_of_ours(self):
        assert len({str(SERVICES[name]["environment"]) for name in OURS}) == 1

    def test_asks_for_the_settings_own_names_and_a_few_of_its_own(self):
        asked = variables_in((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))

        ours = {name for name in asked if name.startswith("PORTAL_")}
        assert ours <= names_that_settings_read()
        assert asked - ours == {"IMAGE", "VERSION", "REVISION", "PORT", "MAIL_PORT"}

    @pytest.mark.parametrize("name", ["PORTAL_HOSTS", "PORTAL_EMAIL_URL"])
    def test_must_say_what_nobody_can_guess(self, name):
        with pytest.raises(KeyError, match=name):
            interpolated(SERVICES["web"]["environment"][name])

    def test_shows_nobody_the_demo_unless_told(self):
        assert interpolated(SERVICES["web"]["environment"]["PORTAL_DEMO"]) == "false"

    def test_of_a_trial_is_complete_and_for_this_machine_alone(self):
        lines = (ROOT / "deploy" / "trial.env").read_text(encoding="utf-8").splitlines()
        given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))

        for value in SERVICES["web"]["environment"].values():
            interpolated(value, **given)
        assert set(given) <= names_that_settings_read()
        assert given["PORTAL_HOSTS"] == "127.0.0.1,localhost"


class TestWhatThePortalWrites:
    @pytest.mark.parametrize("name", OURS)
    def test_lies_in_one_volume_that_all_of_ours_share(self, name):
        assert SERVICES[name]["volumes"] == ["var:/app/var"]
        for path in (settings.MEDIA_ROOT, settings.MAINTENANCE_FILE):
            assert Path(path).is_relative_to(ROOT / "var")


class TestTheWebServer:
    def test_is_started_as_the_image_starts_by_itself(self):
        [command] = values(stages()[-1], "CMD")

        assert yaml.safe_load(command) == SERVICES["web"]["command"]

    def test_listens_where_the_port_leads(self):
        assert SERVICES["web"]["command"][-1] == "0.0.0.0:8000"
        assert SERVICES["web"]["ports"][0].endswith(":8000")
        assert values(stages()[-1], "EXPOSE") == ["8000"]
