# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every status path of a deployment on every platform, through ansible-playbook: what its user reads, and how the task ends.

One playbook a platform has a task for each path. A task asks for its options when it begins, which is when the emulator is emptied and the path
prepared; after that time stands still but for the looks at the deployment. So each look finds the same on every machine.
"""

from __future__ import annotations

import functools
import http.server
import json
import pathlib
import re
import threading
import typing as t
import urllib.parse
from contextlib import contextmanager

import pytest

from emulator import Emulator, Fault, ManualClock
from unit.printed import assert_in_order

from .conftest import Site
from .paths.fleets import FLEETS
from .paths.functions import FUNCTIONS
from .paths.path import STATUS_PATHS, Path, Platform
from .paths.servers import SERVERS
from .paths.services import SERVICES
from .playbooks import PlaybookRun

PLATFORMS = {"hosts in place": SERVERS, "hosts blue/green": FLEETS, "Lambda": FUNCTIONS, "ECS": SERVICES}
PACE = {"wait_delay": 1, "wait_timeout": 900}
ID = r"d-[A-Z0-9]{9}"

Paths = dict[str, Path]


def shown(platform: Platform) -> Paths:
    """The paths that there are on PLATFORM, in an order of which the last one fails."""
    found = {name: path for name, path in platform.items() if isinstance(path, Path)}
    last = found.pop("failure")
    return {**found, "failure": last}


@contextmanager
def prepared_on_demand(emulator: Emulator, paths: Paths) -> t.Iterator[str]:
    """The address where a task gets its options, by the name of its path, once that is prepared."""

    class Preparation(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = paths[urllib.parse.unquote(self.path[1:])]
            emulator.reset()
            options = path.prepare(emulator)
            emulator.faults.add(Fault("time_passes", "codedeploy:GetDeployment", seconds=path.seconds))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({**options, **PACE}).encode())

        def log_message(self, format: str, *_arguments: t.Any) -> None:  # noqa: A002
            """Nobody reads this."""

    with http.server.HTTPServer(("127.0.0.1", 0), Preparation) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def task(name: str, address: str) -> dict[str, t.Any]:
    """The task of the path NAME."""
    place = f"{address}/{urllib.parse.quote(name)}"
    options = f"{{{{ lookup('ansible.builtin.url', '{place}', split_lines=false, use_proxy=false, timeout=600) | from_json }}}}"
    return {
        "name": name,
        "slipway.codedeploy.deploy": {},
        "args": "{{ options }}",
        "vars": {"options": options},
        "ignore_errors": True,
    }


def run_all(platform: str, folder: pathlib.Path) -> PlaybookRun:
    """Run the tasks of all paths of PLATFORM; the last one, which fails, ends the play."""
    paths = shown(PLATFORMS[platform])
    with Emulator(clock=ManualClock()) as emulator, prepared_on_demand(emulator, paths) as address:
        *ignored, last = (task(name, address) for name in paths)
        return Site(emulator, [], folder).run(*ignored, {**last, "ignore_errors": False})


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> t.Callable[[str], PlaybookRun]:
    """The run of a platform's playbook, of which there is one for all tests."""
    return functools.cache(lambda platform: run_all(platform, tmp_path_factory.mktemp("paths")))


def ids_in(section: str) -> dict[str, str]:
    """The ids of the deployment, which is the first to be seen, and of its rollback, if there is one."""
    rollback = re.search(rf"is being rolled back by ({ID})", section)
    return {"id": re.findall(ID, section)[0], "rollback": rollback[1] if rollback else ""}


EVERY_PATH = [(platform, name) for platform, paths in PLATFORMS.items() for name in shown(paths)]


@pytest.mark.parametrize(("platform", "name"), EVERY_PATH)
def test_a_user_reads_how_it_goes(platform: str, name: str, run_of: t.Callable[[str], PlaybookRun]) -> None:
    path = shown(PLATFORMS[platform])[name]
    section = run_of(platform).sections[name]
    ids = ids_in(section)
    assert_in_order([line.format(**ids) for line in path.lines], section)
    assert " Install Succeeded" not in section  # such details are for those who ask for them
    assert ("FAILED!" in section) is bool(path.message), section
    assert path.message.format(**ids) in " ".join(section.split())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_failed_deployment_fails_the_play(platform: str, run_of: t.Callable[[str], PlaybookRun]) -> None:
    run, paths = run_of(platform), shown(PLATFORMS[platform])
    failing = sum(bool(path.message) for path in paths.values())
    assert list(run.sections) == list(paths), run.output
    assert run.status == 2
    assert f"failed=1    skipped=0    rescued=0    ignored={failing - 1}" in run.output


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_path_is_forgotten(platform: str) -> None:
    assert PLATFORMS[platform].keys() == STATUS_PATHS.keys()
