# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's controller in this process, on the emulator's time: action plugins and modules run as they are, only how a module gets to a host and its
answer back is left out. A task that waits for hours is over at once, and hundreds of tasks take seconds."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import json
import signal
import threading
import types
import typing as t
from dataclasses import dataclass
from unittest import mock

import botocore.endpoint
import botocore.loaders
import botocore.session
from ansible.module_utils.common import warnings
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible_collections.amazon.aws.plugins.module_utils import cloud

from ansible_collections.slipway.codedeploy.plugins.action import deploy, deployment
from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import time_limits
from ansible_collections.slipway.codedeploy.plugins.plugin_utils import _following, _following_action, _side_by_side
from emulator import Clock, Emulator

COLLECTION = "slipway.codedeploy"
ACTIONS: dict[str, t.Any] = {"deploy": deploy.ActionModule, "deployment": deployment.ActionModule}
MODULE_SECONDS = 0.5
"""What a module run takes on a controller, about; so much of the emulator's time passes in each."""

# botocore's models are read once, not again by each module.
ONE_LOADER = functools.cache(botocore.loaders.create_loader)

Result = dict[str, t.Any]


@dataclass(frozen=True)
class TaskRun:
    """A task's RESULT, and the LINES that it showed while it ran."""

    result: Result
    lines: list[str]

    @property
    def output(self) -> str:
        return "\n".join(self.lines)


class Controller:
    """Runs tasks on localhost against EMULATOR. Whoever sleeps in a task lets the emulator's time pass."""

    def __init__(self, emulator: Emulator) -> None:
        self._clock = emulator.clock
        variables = emulator.environment
        self._connection = {
            "endpoint_url": variables["AWS_ENDPOINT_URL"],
            "access_key": variables["AWS_ACCESS_KEY_ID"],
            "secret_key": variables["AWS_SECRET_ACCESS_KEY"],
            "region": variables["AWS_REGION"],
        }

    def run(self, name: str, verbosity: int = 0, check_mode: bool = False, **arguments: t.Any) -> TaskRun:
        """Run the action NAME, at Ansible's VERBOSITY."""
        task = Task()
        task.action = f"{COLLECTION}.{name}"
        task.args = {**self._connection, **arguments}
        task.check_mode = check_mode
        action = ACTIONS[name](task, connection_loader.get("local", PlayContext()), PlayContext(), None, None, None)
        with (
            time_by(self._clock),
            mock.patch.object(action, "_execute_module", self._execution(action)),
            mock.patch.object(_following_action.display, "verbosity", verbosity),
            contextlib.redirect_stdout(io.StringIO()) as shown,
        ):
            result = action.run(None, {"inventory_hostname": "localhost"})
        return TaskRun(result, shown.getvalue().splitlines())

    def _execution(self, action: t.Any) -> t.Callable[..., Result]:
        """What stands for the action's own way to execute a module."""

        def execute(module_args: Result, task_vars: Result, module_name: str = action._task.action) -> Result:
            arguments = dict(module_args)
            action._update_module_args(module_name, arguments, task_vars)
            self._clock.advance(MODULE_SECONDS)
            return module_result(module_name, arguments)

        return execute


def module_result(name: str, arguments: Result) -> Result:
    """What a module of the collection answers to ARGUMENTS."""
    module = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name.rpartition('.')[2]}")
    answer = io.StringIO()
    with (
        mock.patch.object(botocore.session, "create_loader", ONE_LOADER),
        mock.patch.object(warnings, "_global_warnings", type(warnings._global_warnings)()),
        module_arguments(arguments),
        signals_left_alone(),
        contextlib.redirect_stdout(answer),
        contextlib.suppress(SystemExit),
    ):
        module.main()
    return t.cast("Result", json.loads(answer.getvalue()))


def module_arguments(arguments: Result) -> t.ContextManager[t.Any]:
    """Where a module finds ARGUMENTS; ansible-core 2.17 has no public way yet."""
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:
        from ansible.module_utils import basic

        return mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
    return patch_module_args(arguments)


def signals_left_alone() -> t.ContextManager[t.Any]:
    """A module of ansible-core 2.22 wants to handle a signal, which only the main thread may; a test's other tasks run in threads."""
    if threading.current_thread() is threading.main_thread():
        return contextlib.nullcontext()
    return mock.patch.object(signal, "signal")


@contextlib.contextmanager
def time_by(clock: Clock) -> t.Iterator[None]:
    """Let all that waits in a task go by CLOCK."""
    time = types.SimpleNamespace(monotonic=clock.now, time=clock.now, sleep=clock.advance)
    with contextlib.ExitStack() as patches:
        for module in (_following, time_limits, _side_by_side, botocore.endpoint, cloud):
            patches.enter_context(mock.patch.object(module, "time", time))
        yield
