# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host agent: asks the command service for commands, carries them out and reports how they ended.

The order of calls for one command is that of host agent 1.8.1; like 2.x it reports a failure once and skips a command that it already has in hand.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping

from .commands import Commands
from .config import AgentConfig
from .diagnostics import AgentStopping, payload_from_error, payload_from_restart, payload_from_success
from .identity import CredentialsError, find_identity
from .layout import Layout
from .specification import Specification, specification_from_envelope
from .wire import Command, CommandService, WireError

_LOG = logging.getLogger("codedeploy-agent")
_COMMANDS_AT_ONCE = 16
_BACKOFF_FACTOR = 1.2675
_LONGEST_BACKOFF = 90.0
_STOP_WITHIN = 2.0


class Agent:
    """One host's agent. `environment` stands for the process's own, so that several hosts can live in one process.

    Raises ConfigError if the host's identity is missing or wrong.
    """

    def __init__(self, config: AgentConfig, environment: Mapping[str, str] | None = None) -> None:
        identity = find_identity(config.on_premises_config_file, os.environ if environment is None else environment)
        self._config, self._identity = config, identity
        self._layout = Layout(config.root_dir, config.ongoing_deployment_tracking)
        self._service = CommandService(config, identity)
        self._commands = Commands(config, identity, self._layout)
        self._slots = threading.BoundedSemaphore(_COMMANDS_AT_ONCE)
        self._in_hand: dict[str, threading.Thread] = {}
        self._tracked: dict[str, str] = {}
        self._recovered = False
        for directory in (config.root_dir, config.host_root):
            directory.mkdir(parents=True, exist_ok=True)

    def run_once(self) -> Command | None:
        """Polls once and carries out what is offered; returns it. Raises WireError or CredentialsError if the poll fails."""
        command = self._next_command()
        if command is not None:
            self._work(command, threading.Event())
        return command

    def run(self, stopping: threading.Event) -> None:
        """Polls until `stopping` is set, with every command in a thread of its own; ends scripts that still run then."""
        failures = 0
        _LOG.info('Starting host command poll loop host_identifier="%s"', self._identity.host_identifier)
        while not stopping.is_set():
            began = time.monotonic()
            try:
                command = self._next_command()
            except (WireError, CredentialsError) as error:
                failures += 1
                pause = self._backoff(failures) - (time.monotonic() - began)
                _LOG.error("Error polling for host commands, next try in %.1f s: %s", max(pause, 0), error)
            else:
                failures, pause = 0, self._config.wait_between_runs
                if command is not None:
                    self._start(command, stopping)
            stopping.wait(max(pause, 0))
        deadline = time.monotonic() + _STOP_WITHIN
        for thread in list(self._in_hand.values()):
            thread.join(max(deadline - time.monotonic(), 0))

    def _backoff(self, failures: int) -> float:
        return min(_LONGEST_BACKOFF, self._config.wait_after_error * _BACKOFF_FACTOR ** min(failures - 1, 50))

    def _next_command(self) -> Command | None:
        if not self._recovered:
            self._report_interrupted()
            self._recovered = True
        return self._service.poll()

    def _report_interrupted(self) -> None:
        """Fails what an earlier run left unfinished. All of it, where 1.8.1 reports the newest and lets others time out."""
        for deployment_id, identifier in self._layout.interrupted().items():
            _LOG.warning("%s: failing the event that an earlier run of the agent left unfinished", deployment_id)
            try:
                self._service.complete(identifier, "Failed", payload_from_restart())
            except WireError as error:
                if error.transient:
                    raise
                _LOG.error("%s: the service does not want to know: %s", deployment_id, error)
            self._layout.forget(deployment_id)

    def _start(self, command: Command, stopping: threading.Event) -> None:
        if command.identifier in self._in_hand:
            return
        thread = threading.Thread(target=self._work_in_slot, args=(command, stopping), daemon=True)
        self._in_hand[command.identifier] = thread
        thread.start()

    def _work_in_slot(self, command: Command, stopping: threading.Event) -> None:
        try:
            with self._slots:
                self._work(command, stopping)
        finally:
            del self._in_hand[command.identifier]

    def _work(self, command: Command, stopping: threading.Event) -> None:
        try:
            payload = self._carry_out(command, stopping)
            status = "Succeeded"
        except AgentStopping as stop:
            _LOG.warning("%s: %s", command.name, stop)
            return
        except Exception as error:
            # Whatever ends a command is for the service to know, as code 5 if it has none of its own; the real agent reports it so.
            _LOG.warning("%s failed: %s", command.name, error, exc_info=_LOG.isEnabledFor(logging.DEBUG))
            payload, status = payload_from_error(error), "Failed"
        if payload is not None:
            self._report(command, status, payload)

    def _report(self, command: Command, status: str, payload: str) -> None:
        try:
            self._service.complete(command.identifier, status, payload)
        except (WireError, CredentialsError) as error:
            _LOG.error("%s: its end could not be reported: %s", command.name, error)
            return
        if command.identifier in self._tracked:
            self._layout.forget(self._tracked.pop(command.identifier))

    def _carry_out(self, command: Command, stopping: threading.Event) -> str | None:
        """The payload to report, or None if the service already closed the command in answer to the acknowledgement."""
        specification = self._specification(command)
        is_noop = self._commands.is_noop(command.name, specification)
        status = self._service.acknowledge(command, is_noop=is_noop)
        if status == "Succeeded":
            return None
        if status == "Failed":
            still_noop = self._commands.is_noop(command.name, self._specification(command))
            return payload_from_success("CompletedNoopCommand") if still_noop else None
        self._layout.track(specification.deployment_id, command.identifier)
        self._tracked[command.identifier] = specification.deployment_id
        _LOG.info("%s: running %s", specification.deployment_id, command.name)
        self._commands.run(command.name, specification, stopping)
        return payload_from_success()

    def _specification(self, command: Command) -> Specification:
        return specification_from_envelope(self._service.fetch_specification(command))
