# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each test runs on each pair whose Python is on this machine; a table at the end says how each pair did."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from e2e.conftest import APPLICATION, HOSTS, Site, new_site
from emulator import Clock, Emulator, ManualClock

from .pairs import Pair, advice, all_pairs

PAIRS = all_pairs()
# What may be left out in CI has a note of its own, see tests/suite.py.
OPTIONAL = "versions-optional"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture, pairs in (("pair", PAIRS), ("unit_pair", [pair for pair in PAIRS if pair.unit_tests])):
        if fixture in metafunc.fixturenames:
            here = [_row(pair) for pair in pairs if pair.interpreter or pair.required]
            metafunc.parametrize(fixture, here)


def _row(pair: Pair) -> t.Any:
    """PAIR as a parameter; a required one whose Python is missing is skipped, and so counts as left out."""
    missing = [] if pair.interpreter else [pytest.mark.skip(reason=advice(pair))]
    return pytest.param(pair, id=pair.name, marks=missing)


def place(emulator: Emulator, pair: Pair, folder: pathlib.Path) -> Site:
    """A site with simulated hosts, to which PAIR deploys."""
    emulator.simulate(HOSTS, tags={"app": APPLICATION})
    site = new_site(emulator, [], folder)
    site.installation = pair.installation
    return site


@pytest.fixture
def pair_site(pair: Pair, tmp_path: pathlib.Path) -> t.Iterator[Site]:
    """A site whose time jumps over all waiting."""
    with Emulator(clock=Clock(float("inf"))) as emulator:
        yield place(emulator, pair, tmp_path)


@pytest.fixture
def still_pair_site(pair: Pair, tmp_path: pathlib.Path) -> t.Iterator[Site]:
    """A site whose time stands still until a test lets it pass."""
    with Emulator(clock=ManualClock()) as emulator:
        yield place(emulator, pair, tmp_path)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Note the optional pairs that no test has run on."""
    notes = os.environ.get("LEFT_OUT_NOTES")
    if notes and not hasattr(session.config, "workerinput"):
        missing = [advice(pair) for pair in PAIRS if not pair.interpreter and not pair.required]
        if missing:
            pathlib.Path(notes).with_name(OPTIONAL).write_text("\n".join(missing) + "\n")


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    """The table: a line a pair."""
    reports = [
        report
        for outcome in ("passed", "failed", "error", "skipped")
        for report in terminalreporter.getreports(outcome)
    ]
    terminalreporter.write_line("")
    for pair in PAIRS:
        own = [report for report in reports if f"{pair.name}]" in report.nodeid]
        terminalreporter.write_line(_line(pair, own))


def _line(pair: Pair, reports: list[t.Any]) -> str:
    if not pair.interpreter:
        return f"{pair.name:45} left out: {advice(pair)}"
    bad = [report for report in reports if report.failed]
    verdict = f"FAILED in {len(bad)} of {len(reports)} tests" if bad else f"passed {len(reports)} tests"
    seconds = sum(report.duration for report in reports)
    return f"{pair.name:45} Python {pair.interpreter[0]:5} {verdict}, {seconds:.0f} s"
