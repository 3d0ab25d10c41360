# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests share: the marker `needs` and the record of everything that was not run."""

from __future__ import annotations

import os
import pathlib
import shutil
from collections.abc import Callable

import pytest

# What a test may need beyond the set-up: whether this machine has it, and how to get it.
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "root": (lambda: os.geteuid() == 0, "run the tests as root"),
    "rpm": (
        lambda: all(map(shutil.which, ("rpmbuild", "dnf", "zypper"))),
        "install the packages rpm, dnf and zypper, as `make hosts` does",
    ),
    "su": (lambda: shutil.which("su") is not None, "install the package util-linux"),
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(name): the test runs only where the machine has what NAME says, see tests/conftest.py"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in item.iter_markers("needs"):
            (name,) = marker.args
            available, remedy = NEEDS[name]
            if not available():
                item.add_marker(pytest.mark.skip(reason=f"needs {name}: {remedy}"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note each skipped test, whatever skipped it, for the list at the end of `make test`."""
    notes = os.environ.get("LEFT_OUT_NOTES")
    if notes and report.skipped and "PYTEST_XDIST_WORKER" not in os.environ:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        with pathlib.Path(notes).open("a") as file:
            file.write(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}\n")
