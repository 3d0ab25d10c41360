# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook as a user does, through ansible-playbook, and lets its output through line by line."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t
from dataclasses import dataclass, field

COLLECTIONS = pathlib.Path(__file__).resolve().parents[2] / "build/collections"

# What a newcomer should not have to read past; the rest is ansible-playbook as it comes.
QUIET = {
    "ANSIBLE_LOCALHOST_WARNING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
    "ANSIBLE_DEPRECATION_WARNINGS": "False",
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    "ANSIBLE_NOCOWS": "True",
}

# A module goes to the interpreter by a pipe, as many users have it set: that saves three processes a task.
FRUGAL = {"ANSIBLE_PIPELINING": "True"}


@dataclass(frozen=True)
class Installation:
    """An ansible-core, by the folder of its TOOLS, the folder of the COLLECTIONS that it uses, and SETTINGS, environment variables of its own."""

    tools: pathlib.Path
    collections: pathlib.Path
    settings: t.Mapping[str, str] = field(default_factory=dict)


PINNED = Installation(pathlib.Path(sys.executable).parent, COLLECTIONS)
"""What the set-up makes."""

ANSIBLE_PLAYBOOK = PINNED.tools / "ansible-playbook"


@dataclass(frozen=True)
class PlaybookRun:
    """How a run ended: ansible-playbook's exit STATUS, and its OUTPUT without colours, errors among it."""

    status: int
    output: str

    @property
    def sections(self) -> dict[str, str]:
        """What was printed of each task, by its name; for tasks whose names differ."""
        tasks, *_recap = self.output.split("PLAY RECAP")
        _before, *parts = re.split(r"TASK \[(.+)\] \*+\n", tasks)
        return dict(zip(parts[::2], parts[1::2], strict=True))


def without_colours(text: str) -> str:
    """TEXT without the codes that colour it on a terminal."""
    return re.sub(r"\033\[[0-9;]*m", "", text)


def playbook_environment(
    aws: t.Mapping[str, str], folder: pathlib.Path, colour: bool = False, installation: Installation = PINNED
) -> dict[str, str]:
    """The environment of ansible-playbook: the account is the one that AWS names, and all that is temporary lies in FOLDER.

    Output is buffered, as it is for users: what is to be seen while a task runs must not wait for more.
    """
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "ANSIBLE_", "PYTHONUNBUFFERED"))
    }
    places = dict.fromkeys(("ANSIBLE_HOME", "ANSIBLE_LOCAL_TEMP", "ANSIBLE_REMOTE_TEMP"), f"{folder}/ansible")
    colours = {"ANSIBLE_FORCE_COLOR" if colour else "ANSIBLE_NOCOLOR": "True"}
    files = {"ANSIBLE_COLLECTIONS_PATH": str(installation.collections), "ANSIBLE_CONFIG": f"{folder}/ansible.cfg"}
    return {**own, **QUIET, **FRUGAL, **places, **colours, **files, **installation.settings, **aws}


def run_playbook(
    playbook: pathlib.Path,
    variables: t.Mapping[str, t.Any],
    aws: t.Mapping[str, str],
    folder: pathlib.Path,
    show: t.Callable[[str], None],
    colour: bool = False,
    installation: Installation = PINNED,
) -> PlaybookRun:
    """Run PLAYBOOK with VARIABLES, SHOW each line as it comes. An interruption ends ansible-playbook before it goes on its way.

    AWS holds the environment variables that point to an account; FOLDER keeps what is temporary.
    """
    extra = folder / "variables.json"
    extra.write_text(json.dumps(variables))
    (folder / "ansible.cfg").touch()  # empty, but there: nobody's own settings get in
    process = subprocess.Popen(
        [installation.tools / "ansible-playbook", playbook, "--extra-vars", f"@{extra}"],
        env=playbook_environment(aws, folder, colour, installation),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(without_colours(line))
            show(line.rstrip("\n"))
        return PlaybookRun(process.wait(), "".join(lines))
    finally:
        process.terminate()
        process.communicate()
