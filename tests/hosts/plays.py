# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays of the role on real hosts, run as a user runs them, and what they say of themselves."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import subprocess
import typing as t
from dataclasses import dataclass

from e2e.playbooks import ANSIBLE_PLAYBOOK, playbook_environment, without_colours

from .machines import Machine

ROLE = "slipway.codedeploy.agent"


def role_task(verb: str, options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The task that runs VERB of the role with OPTIONS."""
    return {"name": "The role", "ansible.builtin.include_role": {"name": ROLE, "tasks_from": verb}, "vars": {**options}}


@dataclass(frozen=True)
class Play:
    """How a play ended: its exit STATUS, and its OUTPUT without colours."""

    status: int
    output: str

    @property
    def changed(self) -> dict[str, int]:
        """How many tasks changed something, by host."""
        return {name: int(number) for name, number in re.findall(r"^(\S+) +: ok=.*? changed=(\d+)", self.output, re.M)}

    @property
    def said(self) -> str:
        """The output with its line breaks and quoting undone, to look for sentences in it."""
        return " ".join(self.output.replace("\\n", " ").split())


class Case(t.NamedTuple):
    """A run of VERB with OPTIONS, which the role refuses with SENTENCES."""

    verb: str
    options: dict[str, t.Any]
    sentences: t.Sequence[str]


@dataclass(frozen=True)
class Controller:
    """Where plays are run from: AWS points to the account, OPTIONS are the role's for all plays."""

    folder: pathlib.Path
    aws: t.Mapping[str, str]
    machines: list[Machine]
    options: dict[str, t.Any]

    def playbook(self, tasks: list[dict[str, t.Any]], keywords: t.Mapping[str, t.Any] | None = None) -> list[str]:
        """The command line that runs TASKS on all machines. KEYWORDS are the play's own, such as its strategy."""
        inventory, playbook = self.folder / "inventory.json", self.folder / "play.yml"
        hosts = {machine.name: machine.variables for machine in self.machines}
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
        play = {"hosts": "all", "gather_facts": False, "become": True, "vars": self.options, "tasks": tasks}
        playbook.write_text(json.dumps([{**play, **(keywords or {})}]))
        return [str(ANSIBLE_PLAYBOOK), "--inventory", str(inventory), str(playbook)]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of ansible-playbook. As most do who manage many hosts: each task costs one round trip, facts are gathered once."""
        # How often it looks for results, a thousand times a second else: these runs share two cores with the hosts.
        (self.folder / "ansible.cfg").write_text("[defaults]\ninternal_poll_interval = 0.01\n")
        own = playbook_environment(self.aws, self.folder)
        del own["ANSIBLE_REMOTE_TEMP"]  # a folder of this machine; the hosts have their own
        cache = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / "facts")}
        return {**own, **cache, "ANSIBLE_PIPELINING": "True", "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.folder / "ssh")}

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Begin to run COMMAND."""
        return subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(
        self,
        *verbs: str,
        arguments: t.Sequence[str] = (),
        keywords: t.Mapping[str, t.Any] | None = None,
        **options: t.Any,
    ) -> Play:
        """Run VERBS of the role, or all of it, to the end, with OPTIONS beside or in place of the usual ones. Hosts print what they say of a failure."""
        tasks = [role_task(verb, options) for verb in verbs or ["main"]]
        process = self.start([*self.playbook(tasks, keywords), *arguments])
        output, _none = process.communicate()
        if process.returncode:
            for machine in self.machines:
                print(machine.name, machine.run("journalctl --unit codedeploy-agent --lines 40").stdout)
        return Play(process.returncode, without_colours(output))

    def check_refusals(self, options: t.Mapping[str, t.Any], cases: t.Sequence[Case]) -> None:
        """Run CASES one after the other in one play, with OPTIONS in all of them: the role refuses each for its own reason."""
        tasks: list[dict[str, t.Any]] = []
        for number, case in enumerate(cases):
            refused = {"name": f"Case {number} is refused", "ansible.builtin.debug": {}}
            tasks.append({"block": [role_task(case.verb, {**options, **case.options})], "rescue": [refused]})
        process = self.start(self.playbook(tasks))
        output, _none = process.communicate()
        *said, _end = re.split(r"TASK \[Case \d+ is refused\]", without_colours(output))
        assert (process.returncode, len(said)) == (0, len(cases)), output
        missing = [
            (case.options, sentence, text)
            for case, text in zip(cases, said, strict=True)
            for sentence in case.sentences
            if sentence not in Play(0, text).said
        ]
        assert not missing, missing

    def kill_at(self, task: str, *verbs: str, **options: t.Any) -> None:
        """Run VERBS of the role, or all of it, and kill the run with all its processes when it comes to TASK."""
        process = self.start(self.playbook([role_task(verb, options) for verb in verbs or ["main"]]))
        assert process.stdout is not None
        output = ""
        for line in process.stdout:
            output += line
            if task in line:
                os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, output
