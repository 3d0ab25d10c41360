# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays of the role on real hosts, run as a user runs them, and what they say of themselves."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import typing as t
from dataclasses import dataclass

from e2e.playbooks import ANSIBLE_PLAYBOOK, playbook_environment, without_colours

from .machines import Machine

ROLE = "slipway.codedeploy.agent"


@dataclass(frozen=True)
class Play:
    """How a play ended: its exit STATUS, and its OUTPUT without colours."""

    status: int
    output: str

    @property
    def changed(self) -> int:
        """How many tasks changed something, on all hosts."""
        return sum(int(number) for number in re.findall(r"changed=(\d+)", self.output))

    @property
    def said(self) -> str:
        """The output with its line breaks and quoting undone, to look for sentences in it."""
        return " ".join(self.output.replace("\\n", " ").split())


@dataclass(frozen=True)
class Controller:
    """Where plays are run from: AWS points to the account, OPTIONS are the role's for all plays."""

    folder: pathlib.Path
    aws: t.Mapping[str, str]
    machines: list[Machine]
    options: dict[str, t.Any]

    def _inventory(self) -> pathlib.Path:
        path = self.folder / "inventory.json"
        path.write_text(json.dumps({"all": {"hosts": {machine.name: machine.variables for machine in self.machines}}}))
        return path

    def command(self, verb: str, options: dict[str, t.Any], arguments: t.Sequence[str] = ()) -> list[str]:
        """The command line that runs VERB of the role with OPTIONS beside or in place of the usual ones."""
        role: dict[str, t.Any] = {"name": ROLE, "tasks_from": verb}
        task = {"name": "The role", "ansible.builtin.include_role": role, "vars": {**self.options, **options}}
        playbook = self.folder / "play.yml"
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "become": True, "tasks": [task]}]))
        return [str(ANSIBLE_PLAYBOOK), "--inventory", str(self._inventory()), str(playbook), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        (self.folder / "ansible.cfg").touch()
        own = playbook_environment(self.aws, self.folder)
        del own["ANSIBLE_REMOTE_TEMP"]  # a folder of this machine; the hosts have their own
        # As most do who manage many hosts: each task then costs one round trip.
        return {**own, "ANSIBLE_PIPELINING": "True"}

    def run(self, verb: str = "main", arguments: t.Sequence[str] = (), **options: t.Any) -> Play:
        """Run VERB of the role to its end."""
        ended = subprocess.run(
            self.command(verb, options, arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Play(ended.returncode, without_colours(ended.stdout))
