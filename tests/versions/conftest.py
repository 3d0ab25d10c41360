# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each test runs on each pair whose Python is on this machine, without exception; a table at the end says how each pair did."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from e2e.conftest import APPLICATION, HOSTS, Site, new_site
from emulator import Clock, Emulator, ManualClock

from .pairs import Pair, advice, all_pairs

PAIRS = all_pairs()
HERE = [pair for pair in PAIRS if pair.interpreter]
PARAMETERS = {"pair": HERE, "unit_pair": [pair for pair in HERE if pair.unit_tests], "newest_pair": HERE[-1:]}
# What may be left out in CI has a note of its own, see tests/suite.py.
OPTIONAL = "versions-optional"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture, pairs in PARAMETERS.items():
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, pairs, ids=[pair.name for pair in pairs])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that the workers end together."""
    items.sort(key=lambda item: "unit_pair" not in getattr(item, "fixturenames", ()))


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
    """Note the pairs that no test has run on, the optional ones apart."""
    if "LEFT_OUT_NOTES" in os.environ and not hasattr(session.config, "workerinput"):
        notes = pathlib.Path(os.environ["LEFT_OUT_NOTES"])
        for pair in PAIRS:
            if not pair.interpreter:
                with (notes if pair.required else notes.with_name(OPTIONAL)).open("a") as file:
                    file.write(f"{pair.name}: {advice(pair)}\n")


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    """The table: a line a pair."""
    reports = [
        report
        for outcome in ("passed", "failed", "error", "skipped")
        for report in terminalreporter.getreports(outcome)
    ]
    terminalreporter.write_line("")
    for pair in PAIRS:
        own = [report for report in reports if pair.name in report.nodeid]
        terminalreporter.write_line(_line(pair, own))


def _line(pair: Pair, reports: list[t.Any]) -> str:
    if not pair.interpreter:
        return f"{pair.name:45} left out: {advice(pair)}"
    if not reports:
        return f"{pair.name:45} not asked for"
    bad = [report for report in reports if report.failed]
    verdict = f"FAILED in {len(bad)} of {len(reports)} tests" if bad else f"passed {len(reports)} tests"
    seconds = sum(report.duration for report in reports)
    return f"{pair.name:45} Python {pair.interpreter[0]:5} {verdict}, {seconds:.0f} s"
