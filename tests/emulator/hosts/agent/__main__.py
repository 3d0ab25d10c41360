# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m emulator.hosts.agent --config_file FILE [--host-root DIR]`: the stand-in host agent in the foreground."""

from __future__ import annotations

import argparse

# Not used here: what sockets and signatures would otherwise import later, when the process has become a user to whom the
# folder of the interpreter may be closed.
import encodings.idna  # noqa: F401  # pylint: disable=unused-import
import logging
import os
import pwd
import signal
import sys
import threading
from collections.abc import Sequence
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

import cryptography.hazmat.backends.openssl.backend  # noqa: F401  # pylint: disable=unused-import

from .agent import Agent
from .config import AgentConfig, ConfigError, load_config

_STOP_WITHIN = 2.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the agent until SIGTERM or SIGINT; 1 for a configuration that cannot be used, said in one line, or a crash."""
    parser = argparse.ArgumentParser(prog="codedeploy-agent", description="A stand-in for the CodeDeploy host agent.")
    parser.add_argument("--config_file", type=Path, default=Path("/etc/codedeploy-agent/conf/codedeployagent.yml"))
    parser.add_argument(
        "--host-root", type=Path, default=Path("/"), help="stands for / wherever an AppSpec names a path"
    )
    options = parser.parse_args(arguments)
    try:
        config = load_config(options.config_file, options.host_root.resolve())
        pid_file = _prepare(config)
        agent = Agent(config)
    except (ConfigError, OSError) as error:
        print(f"codedeploy-agent: {error}", file=sys.stderr)
        return 1
    try:
        return _run(agent)
    finally:
        pid_file.unlink(missing_ok=True)


def _prepare(config: AgentConfig) -> Path:
    """Makes the agent's directories, becomes its user, opens its log; returns the file that now holds the process's id."""
    for directory in (config.root_dir, config.log_dir, config.pid_dir):
        directory.mkdir(parents=True, exist_ok=True)
    if config.user is not None:
        _become(config.user)
    handler = TimedRotatingFileHandler(config.log_dir / f"{config.program_name}.log", when="midnight", backupCount=7)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-5s [%(name)s(%(process)d)]: %(message)s"))
    log = logging.getLogger("codedeploy-agent")
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if config.verbose else logging.INFO)
    pid_file = config.pid_dir / f"{config.program_name}.pid"
    pid_file.write_text(f"{os.getpid()}\n", encoding="utf-8")
    return pid_file


def _become(user: str) -> None:
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise ConfigError(f":user: is {user!r}; there is no such user on this host") from None
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _run(agent: Agent) -> int:
    stopping, ended_well = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())

    def work() -> None:
        try:
            agent.run(stopping)
            ended_well.set()
        finally:
            stopping.set()

    # In a thread of its own, because a poll that the service holds open cannot be interrupted.
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    stopping.wait()
    worker.join(_STOP_WITHIN)
    return 0 if ended_well.is_set() or worker.is_alive() else 1


if __name__ == "__main__":
    sys.exit(main())
