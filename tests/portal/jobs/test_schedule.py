"""Chores by the clock: not twice, not never, whatever the clock and the processes do."""

import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from content.models import GuidancePage
from portal.jobs import schedule
from portal.jobs.models import ChoreRun, Job, JobState
from portal.jobs.schedule import Chore, Daily, Ending, Every, tick
from tests.portal.jobs.conftest import running

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = Every(timedelta(minutes=1))
NIGHT = Daily(time(2, 30))
# The clocks go forward on 29 March 2026 and back on 25 October.
SPRING, AUTUMN = (2026, 3, 29), (2026, 10, 25)


def wall(*parts: int, fold: int = 0) -> datetime:
    """Return a moment by what the clocks on the wall say."""
    return datetime(*parts, tzinfo=STOCKHOLM, fold=fold).astimezone(UTC)


class Day:
    """A chore, and when it was done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rhythm: schedule.Rhythm) -> None:
        self.done: list[datetime] = []
        self.error: Exception | None = None
        self.chore = Chore("trial", "Prövar", rhythm, self.work)
        monkeypatch.setattr(schedule, "_chores", {"trial": self.chore})

    def work(self, at: datetime) -> str:
        self.done.append(at)
        if self.error:
            raise self.error
        return ""

    def tick(self, at: datetime) -> Ending:
        [outcome] = tick(at=at, clock=lambda: at)
        return outcome.ending

    def pass_by(self, start: datetime, end: datetime, *, step: float = 60) -> list[datetime]:
        """Tick from *start* until *end*; return when the chore was done."""
        while start < end:
            self.tick(start)
            start += timedelta(seconds=step)
        return self.done


@pytest.fixture
def nightly(monkeypatch, db):
    """A chore for half past two at night."""
    return Day(monkeypatch, NIGHT)


@pytest.fixture
def each_minute(monkeypatch, db):
    """A chore for every minute."""
    return Day(monkeypatch, MINUTE)


class TestANightlyChore:
    def test_is_done_once_in_a_night(self, nightly):
        done = nightly.pass_by(wall(2026, 5, 4, 22), wall(2026, 5, 6, 22), step=600)

        # The first tick ever does it; after that it is the clock.
        assert done[1:] == [wall(2026, 5, 5, 2, 30), wall(2026, 5, 6, 2, 30)]

    def test_whose_hour_is_left_out_in_spring_is_done_an_hour_later_that_night(self, nightly):
        done = nightly.pass_by(wall(2026, 3, 28, 12), wall(2026, 3, 30, 12), step=600)

        assert done[1:] == [wall(*SPRING, 3, 30), wall(2026, 3, 30, 2, 30)]

    def test_whose_hour_comes_twice_in_autumn_is_done_the_first_time_alone(self, nightly):
        done = nightly.pass_by(wall(2026, 10, 24, 12), wall(2026, 10, 26, 12), step=600)

        assert done[1:] == [wall(*AUTUMN, 2, 30, fold=0), wall(2026, 10, 26, 2, 30)]

    def test_that_the_machine_slept_through_is_done_once_when_it_wakes(self, nightly):
        nightly.tick(wall(2026, 5, 4, 12))

        done = nightly.pass_by(wall(2026, 5, 9, 14), wall(2026, 5, 9, 16))

        assert done[1:] == [wall(2026, 5, 9, 14)]

    def test_that_failed_is_tried_again_before_the_next_night(self, nightly):
        nightly.error = RuntimeError()
        done = nightly.pass_by(wall(2026, 5, 4, 3), wall(2026, 5, 4, 3, 40))

        assert done == [wall(2026, 5, 4, 3), wall(2026, 5, 4, 3, 15), wall(2026, 5, 4, 3, 30)]

    def test_whose_process_died_is_done_again_that_night(self, nightly):
        at = wall(2026, 5, 4, 2, 30)
        nightly.tick(at)
        ChoreRun.objects.update(
            started_at=at + timedelta(days=1),
            lease_until=at + timedelta(days=1, seconds=90),
            claim="5f8dc9d2-0000-4000-8000-000000000000",
        )

        done = nightly.pass_by(at + timedelta(days=1), at + timedelta(days=1, hours=5))

        assert done[1:] == [at + timedelta(days=1, minutes=2)]

    def test_done_by_a_clock_that_was_years_ahead_is_still_done(self, nightly):
        nightly.tick(wall(2031, 1, 1, 3))

        assert nightly.tick(wall(2026, 5, 4, 12)) is Ending.DONE


class TestAChoreOfEveryMinute:
    @pytest.mark.parametrize("day", [SPRING, AUTUMN, (2026, 5, 4), (2028, 2, 29)])
    def test_is_done_every_minute_of_any_night(self, day, each_minute):
        start = wall(*day, 0) - timedelta(hours=1)

        done = each_minute.pass_by(start, start + timedelta(hours=6))

        assert len(done) == 360

    def test_is_done_by_a_timer_that_is_a_little_early_or_late(self, each_minute):
        start = wall(2026, 5, 4, 12)
        done = [each_minute.tick(start + timedelta(seconds=s)) for s in (0.9, 60.1, 120.9, 180)]

        assert done == [Ending.DONE] * 4

    def test_is_not_done_twice_in_a_minute(self, each_minute):
        at = wall(2026, 5, 4, 12)

        assert each_minute.tick(at) is Ending.DONE
        assert each_minute.tick(at + timedelta(seconds=20)) is Ending.NOT_DUE

    def test_that_goes_on_for_longer_is_not_begun_beside_itself(self, each_minute):
        at = wall(2026, 5, 4, 12)
        each_minute.tick(at)
        ChoreRun.objects.update(
            started_at=at + timedelta(minutes=1), lease_until=at + timedelta(minutes=9),
            claim="5f8dc9d2-0000-4000-8000-000000000000",
        )  # fmt: skip

        assert each_minute.tick(at + timedelta(minutes=3)) is Ending.TAKEN


@given(st.integers(0, 20 * 366 * 1440), st.integers(0, 1439))
def test_the_last_moment_of_a_day_is_never_more_than_25_hours_ago(minutes, minute_of_day):
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    latest = Daily(time(minute_of_day // 60, minute_of_day % 60)).latest(at)

    assert 0 <= at.timestamp() - latest.timestamp() <= 25 * 3600


class TestATick:
    def test_goes_on_when_a_chore_fails_and_tells_no_one_its_words(
        self, monkeypatch, db, caplog, now
    ):
        done = []

        def fails(at: datetime) -> str:
            raise RuntimeError("Ada Ahlgren")

        chores = [
            Chore("first", "Första", MINUTE, fails),
            Chore("second", "Andra", MINUTE, lambda at: done.append(at) or "3 rader"),
        ]
        monkeypatch.setattr(schedule, "_chores", {each.name: each for each in chores})

        first, second = tick(at=now)

        assert (first.ending, first.said) == (Ending.FAILED, "RuntimeError")
        assert (second.ending, second.said) == (Ending.DONE, "3 rader")
        assert ChoreRun.objects.get(pk="first").failures == 1
        assert [record.chore for record in caplog.records] == ["first"]

    def test_forgets_the_failures_when_it_goes_well_again(self, each_minute):
        at = wall(2026, 5, 4, 12)
        each_minute.error = RuntimeError()
        each_minute.tick(at)
        each_minute.error = None

        each_minute.tick(at + timedelta(minutes=1))

        run = ChoreRun.objects.get()
        assert (run.failures, run.outcome, run.lease_until) == (0, "", None)
        assert run.succeeded_at == at + timedelta(minutes=1)

    @pytest.mark.django_db(transaction=True)
    def test_several_at_once_do_each_chore_once(self, each_minute, now):
        ChoreRun.objects.create(name="trial")
        start = threading.Barrier(6)
        endings: list[Ending] = []

        def go() -> None:
            start.wait()
            try:
                endings.append(each_minute.tick(now))
            finally:
                connection.close()

        threads = [threading.Thread(target=go) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(each_minute.done) == 1
        assert endings.count(Ending.DONE) == 1
        assert set(endings) <= {Ending.DONE, Ending.NOT_DUE, Ending.TAKEN}


class TestTheCommand:
    def test_says_in_swedish_what_was_done(self, db, capsys):
        call_command("tick")
        first = capsys.readouterr().out
        call_command("tick")

        assert "Publicerar och avpublicerar det som är schemalagt: klart på 0," in first
        assert "Tar bort gamla sessioner: klart" in first
        assert "Jämför sökindexet med sidorna: klart" in first
        assert "sessioner" not in capsys.readouterr().out

    def test_says_on_request_what_was_left(self, db, capsys):
        call_command("tick", verbosity=0)
        call_command("tick", verbosity=2)

        assert "Tar bort gamla sessioner: inte nu" in capsys.readouterr().out

    def test_fails_in_one_sentence_when_a_chore_did(self, nightly, capsys):
        nightly.error = RuntimeError("Ada Ahlgren")

        with pytest.raises(CommandError, match="1 av sysslorna misslyckades; se loggen"):
            call_command("tick")

        assert capsys.readouterr().out == "Prövar: MISSLYCKADES (RuntimeError)\n"


class TestTheHousesOwnChores:
    def test_publish_what_is_due_at_midnight_and_no_earlier(self, library, client):
        page = library.page("vagledning/orosanmalan")
        title = "Ett nytt namn från midnatt"
        with time_machine.travel(wall(2026, 10, 24, 12), tick=False) as clock:
            page.title = title
            page.go_live_at = wall(*AUTUMN, 0)
            page.save_revision().publish()
            for at in (wall(2026, 10, 24, 23, 59), wall(*AUTUMN, 0, 1)):
                clock.move_to(at)
                call_command("tick", verbosity=0)
                seen = client.get("/vagledning/orosanmalan/").content.decode()
                found = client.get("/sok/?q=midnatt").content.decode()
                assert (title in seen, "Ett nytt namn" in found) == (at >= page.go_live_at,) * 2, at

    def test_take_away_what_has_expired(self, library, client):
        GuidancePage.objects.filter(slug="orosanmalan").update(expire_at=wall(2026, 6, 1, 12))
        for at, status in ((wall(2026, 6, 1, 11, 59), 200), (wall(2026, 6, 1, 12, 1), 404)):
            with time_machine.travel(at, tick=False):
                call_command("tick", verbosity=0)
                assert client.get("/vagledning/orosanmalan/").status_code == status

    def test_look_after_jobs_that_were_left(self, db, now):
        job = running(now)

        call_command("tick", verbosity=0)

        assert Job.objects.get(pk=job.pk).state == JobState.DONE

    def test_remove_sessions_that_have_ended(self, db, client, ada):
        client.force_login(ada)
        Session.objects.update(expire_date=wall(2020, 1, 1))

        call_command("tick", verbosity=0)

        assert not Session.objects.exists()

    def test_put_right_an_index_that_differs_and_tell(self, library, caplog):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE search_searchpassage SET title = 'Något annat'")

        call_command("tick", verbosity=0)

        assert not ChoreRun.objects.get(pk="check_search").failures
        assert any("differed" in record.message for record in caplog.records)
        call_command("check_search", verbosity=0)

    def test_are_named_in_swedish(self):
        for each in schedule.chores():
            assert each.label[0].isupper(), each.name
            assert len(each.name) <= 60, each.name
