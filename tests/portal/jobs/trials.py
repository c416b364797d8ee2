"""Kinds of job that only tests have. Each leaves a mark, so that its runs can be counted."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

from portal.jobs.kinds import Dropped, GivenUp, Run, kind


class Unwell(Exception):
    """What a trial fails with. Its text must reach no log."""


@kind("trial", failures=3, deaths=2)
def trial(run: Run, does: str = "", marks: str = "") -> None:
    """Leave a mark, and then do as told."""
    if marks:
        with Path(marks).open("a", encoding="utf-8") as file:
            file.write(f"{does}\n")
    match does.partition(" "):
        case ["fail", _, _]:
            raise Unwell("Ada Ahlgren")
        case ["drop", _, _]:
            raise Dropped("no_reason")
        case ["give_up", _, _]:
            raise GivenUp("refused 550")
        case ["die", _, _]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["sleep", _, seconds]:
            for number in range(int(float(seconds) * 10)):
                run.progress(number, int(float(seconds) * 10))
                time.sleep(0.1)


@kind("short_trial", deaths=2, limit=timedelta(seconds=1))
def short_trial(run: Run, marks: str) -> None:
    """Hang for far longer than the kind allows."""
    with Path(marks).open("a", encoding="utf-8") as file:
        file.write("hang\n")
    time.sleep(600)
