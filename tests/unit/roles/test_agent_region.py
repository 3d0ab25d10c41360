# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The region of an EC2 instance, which the role `agent` asks a stand-in of the instance metadata service for."""

from __future__ import annotations

import http.server
import json
import pathlib
import subprocess
import threading
import typing as t

import pytest

from e2e.playbooks import ANSIBLE_PLAYBOOK, playbook_environment

TOKEN = "planted-token"


class _Metadata(http.server.BaseHTTPRequestHandler):
    """Version 2 of the service, as the EC2 user guide tells of it: who has fetched a token for some seconds is answered, nobody else."""

    def log_message(self, *_arguments: t.Any) -> None:
        """Nobody reads it."""

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_PUT(self) -> None:
        allowed = self.path == "/latest/api/token" and int(self.headers["X-aws-ec2-metadata-token-ttl-seconds"]) > 0
        self._answer(*((200, TOKEN) if allowed else (400, "")))

    def do_GET(self) -> None:
        if self.headers["X-aws-ec2-metadata-token"] != TOKEN:
            self._answer(401, "")
        elif self.path == "/latest/meta-data/placement/region":
            self._answer(200, "eu-north-1")
        else:
            self._answer(404, "")


@pytest.fixture
def metadata() -> t.Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Metadata)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/latest"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_instance_says_where_it_is_and_a_host_elsewhere_is_not_asked(metadata: str, tmp_path: pathlib.Path) -> None:
    inventory, playbook = tmp_path / "inventory.json", tmp_path / "play.yml"
    hosts = {
        "instance": {"service": metadata},
        "not_an_instance": {"service": "http://127.0.0.1:1/latest"},
        "on_premises": {"service": metadata, "agent_identity": "iam_user"},
    }
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": local}}))
    (tmp_path / "ansible.cfg").touch()
    tasks = [
        {"ansible.builtin.set_fact": {"os_family": "Debian", "cacheable": True}},
        {
            "ansible.builtin.include_role": {"name": "slipway.codedeploy.agent", "tasks_from": "region"},
            "vars": {"__agent_metadata": "{{ service }}"},
        },
        {
            "ansible.builtin.copy": {
                "content": "{{ agent_region | default('unknown') }}",
                "dest": f"{tmp_path}/{{{{ inventory_hostname }}}}",
                "mode": "0600",
            }
        },
    ]
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    run = subprocess.run(
        [ANSIBLE_PLAYBOOK, "--inventory", inventory, playbook, "-vvv"],
        env=playbook_environment({}, tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert {name: (tmp_path / name).read_text() for name in hosts} == {
        "instance": "eu-north-1",
        "not_an_instance": "unknown",
        "on_premises": "unknown",
    }
    assert TOKEN not in run.stdout
