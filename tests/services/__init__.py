"""The real servers and programs that tests run against, found or installed, never pretended.

A test is not skipped because something is missing: the run fails and says what to install.
"""

import os
import shutil
import subprocess
import sys


class Missing(Exception):
    """Something the tests need is not on this machine and could not be put there."""


def apt_install(*packages: str, why: str) -> None:
    """Install Debian *packages*. Raises Missing where that cannot be done."""
    apt = shutil.which("apt-get")
    advice = f"{why}: install the package {' '.join(packages)}"
    if not apt:
        raise Missing(f"{advice} with this system's package manager.")
    if os.geteuid() != 0:
        raise Missing(f"{advice} (sudo apt-get install {' '.join(packages)}).")
    sys.stderr.write(f"Installing {' '.join(packages)} …\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        try:
            subprocess.run([apt, "-qq", *command], env=environment, stdout=sys.stderr, check=True)
        except subprocess.CalledProcessError as error:
            raise Missing(f"{advice}; apt-get {command[0]} failed.") from error
