"""An installation on PostgreSQL as docker-compose.yml sets it up: prepared, served, private."""

import http.client
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from elasticsearch import Elasticsearch

from tests.deploy.installation import (
    KEY,
    ROOT,
    SERVICES,
    Image,
    free_port,
    told_to_end,
    wait_for,
)
from tests.services import Missing, apt_install, postgres

pytestmark = pytest.mark.slow
SERVICE = SERVICES["postgres"]
ROLE = ROOT / "deploy" / "postgres" / "portal-role.sh"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL made and started with the service's own words."""

    home: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://portal:{self.password}@127.0.0.1:{self.port}/portal"

    def log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL from nothing: initdb, server, and the script that its image runs once."""
    if postgres._programs() is None:
        apt_install("postgresql", why=f"PostgreSQL {postgres.OLDEST} or newer is missing")
    programs = postgres._programs()
    if programs is None:
        raise Missing(f"This machine's PostgreSQL is older than {postgres.OLDEST}.")
    owner = postgres._owner()
    # Short, since a socket's path may be 107 characters, and open to the server's own user.
    base = "/tmp" if os.geteuid() == 0 else None  # noqa: S108  # mkdtemp makes a name of its own
    home = Path(tempfile.mkdtemp(prefix="portal-deploy-", dir=base))
    (home / "password").write_text("mycket-hemligt", encoding="utf-8")
    shutil.copyfile(ROLE, home / "role.sh")
    for path in (home, *home.iterdir()):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    found = Cluster(home, free_port(), "mycket-hemligt")

    def do(program: str, *arguments: str) -> None:
        done = postgres._run(home, program, *arguments)
        assert done.returncode == 0, done.stdout

    environment = SERVICE["environment"]
    do("initdb", "-D", f"{home}/data", f"--username={environment['POSTGRES_USER']}", "--no-sync",
       *environment["POSTGRES_INITDB_ARGS"].split())  # fmt: skip
    name, *settings = SERVICE["command"]
    assert name == "postgres"
    do(
        "pg_ctl", "start", "-D", f"{home}/data", "-l", f"{home}/log", "-w", "-t", "60",
        "-o", " ".join([*settings, f"-c port={found.port}", f"-c unix_socket_directories={home}",
                        "-c listen_addresses=127.0.0.1", "-c fsync=off"]),
    )  # fmt: skip
    try:
        made = subprocess.run(
            ["sh", home / "role.sh"],
            env={
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
                "PGHOST": str(home),
                "PGPORT": str(found.port),
                "POSTGRES_USER": environment["POSTGRES_USER"],
                "DATABASE_PASSWORD_FILE": str(home / "password"),
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (made.returncode, made.stderr) == (0, "")
        yield found
    finally:
        postgres._run(home, "pg_ctl", "stop", "-D", f"{home}/data", "-m", "immediate", "-w")
        shutil.rmtree(home)


class TestTheDatabase:
    def test_is_the_portals_own_and_the_server_is_not(self, cluster):
        with psycopg.connect(cluster.url) as connection:
            [powers] = connection.execute(
                "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
                " FROM pg_roles WHERE rolname = current_user"
            )
            [owner] = connection.execute(
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'portal'"
            )

        assert powers == (False,) * 5
        assert owner == ("portal",)

    def test_asks_for_the_password_over_the_network(self, cluster):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(cluster.url.replace("mycket-hemligt", "gissning"))

    def test_holds_every_letter_and_sorts_by_code_point_unless_asked(self, cluster):
        with psycopg.connect(cluster.url) as connection:
            [encoding] = connection.execute("SHOW server_encoding")
            names = [
                name
                for (name,) in connection.execute(
                    "SELECT n FROM unnest(ARRAY['ö', 'z', 'Å', 'a', 'ä', 'å']) n ORDER BY n"
                )
            ]
            swedish = [
                name
                for (name,) in connection.execute(
                    "SELECT n FROM unnest(ARRAY['ö', 'z', 'a', 'ä', 'å']) n"
                    ' ORDER BY n COLLATE "sv-SE-x-icu"'
                )
            ]

        assert encoding == ("UTF8",)
        assert names == sorted(names)
        assert swedish == ["a", "z", "å", "ä", "ö"]

    def test_writes_no_name_and_no_answer_to_its_log(self, cluster):
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            connection.execute("CREATE TEMPORARY TABLE person (name text PRIMARY KEY)")
            connection.execute("INSERT INTO person VALUES ('Ada Hemlig')")
            for parameters in (None, ["Ada Hemlig"]):
                statement = "INSERT INTO person VALUES ('Ada Hemlig')"
                if parameters:
                    statement = "INSERT INTO person VALUES (%s)"
                with pytest.raises(psycopg.errors.UniqueViolation):
                    connection.execute(statement, parameters)

        assert cluster.log().count("duplicate key value") == 2
        assert "Hemlig" not in cluster.log()
        assert "mycket-hemligt" not in cluster.log()


class TestAnInstallation:
    @pytest.fixture(scope="class")
    def environment(
        self, cluster, built, tmp_path_factory, elasticsearch: str
    ) -> Iterator[dict[str, str]]:
        """What the parts are given; the secrets as files."""
        home = tmp_path_factory.mktemp("secrets")
        names = f"deploy-{secrets.token_hex(6)}"
        (home / "key").write_text(KEY, encoding="utf-8")
        (home / "url").write_text(cluster.url, encoding="utf-8")
        yield built.environment(
            "prepare",
            PORTAL_SECRET_KEY_FILE=str(home / "key"),
            PORTAL_DATABASE_URL_FILE=str(home / "url"),
            PORTAL_ELASTICSEARCH_URL=f"{elasticsearch}?index={names}",
        )
        with Elasticsearch(elasticsearch, max_retries=0) as client:
            client.indices.delete(index=list(client.indices.get(index=f"{names}_*")))

    @pytest.fixture(scope="class")
    def prepared(self, built, environment) -> str:
        """The database as `prepare` leaves it, and what was said meanwhile."""
        done = built.run(SERVICES["prepare"]["command"], environment)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def test_is_prepared_without_more_power_than_the_role_has(self, prepared):
        assert re.findall(r"^(\w+) .* klart på \d+,\d s$", prepared, re.MULTILINE) == [
            "Skapar", "Läser", "Bygger",
        ]  # fmt: skip

    def test_is_given_no_demo(self, prepared, cluster):
        with psycopg.connect(cluster.url) as connection:
            [people] = connection.execute("SELECT count(*) FROM organisation_user")

        assert people == (0,)

    def test_serves_its_pages_and_styles_behind_a_proxy(
        self, prepared, image: Image, environment, tmp_path
    ):
        port, log = free_port(), tmp_path / "log"
        command = [*SERVICES["web"]["command"][:-1], f"127.0.0.1:{port}"]
        process = image.start(command, environment, log)
        check = [*SERVICES["web"]["healthcheck"]["test"][1:], "--port", str(port)]
        wait_for(
            lambda: image.run(check, environment).returncode == 0, 60, process=process, log=log
        )

        def get(path: str) -> tuple[http.client.HTTPResponse, str]:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                asking.request(
                    "GET", path, headers={"Host": "portal.example", "X-Forwarded-Proto": "https"}
                )
                with asking.getresponse() as answer:
                    return answer, answer.read().decode()
            finally:
                asking.close()

        start, text = get("/")
        assert start.status == 200
        assert start.headers["Strict-Transport-Security"]
        assert "Set-Cookie" not in start.headers
        styles = re.findall(r'href="(/static/[^"]+\.css)"', text)
        assert styles
        for style in styles:
            assert get(style)[0].status == 200, style
        _, found = get("/api/sok?q=orosanm%C3%A4lan")
        assert json.loads(found)["engine"] == "elasticsearch"
        sign_in, _ = get("/logga-in/")
        assert sign_in.headers["Set-Cookie"].startswith("__Host-csrf=")
        assert "Secure" in sign_in.headers["Set-Cookie"]
        assert told_to_end(process, 20) == 0
        assert log.read_text(encoding="utf-8") == ""

    def test_does_what_the_clock_says_and_shows_it(
        self, prepared, image: Image, environment, tmp_path
    ):
        self.is_started_and_well("timer", image, environment, tmp_path)

    def test_does_its_tasks_and_shows_it(self, prepared, image: Image, environment, tmp_path):
        self.is_started_and_well("worker", image, environment, tmp_path)

    def is_started_and_well(self, part: str, image: Image, environment, home: Path) -> None:
        """Start a part, wait for its health check to say that it is well, and end it."""
        log, beat = home / "log", str(home / part)
        *command, file = SERVICES[part]["command"]
        check = [
            beat if word == file else word for word in SERVICES[part]["healthcheck"]["test"][1:]
        ]
        assert image.run(check, environment).returncode == 1

        process = image.start([*command, beat], environment, log)
        wait_for(lambda: Path(beat).exists(), 60, process=process, log=log)

        assert image.run(check, environment).returncode == 0
        assert told_to_end(process, 30) == 0
        assert "Traceback" not in log.read_text(encoding="utf-8")
