# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m benchmarks.push [--without LIBRARY] OPTIONS`: run the module `revision` once with OPTIONS, in JSON, in a Python of its own.

Prints as JSON whether it changed something and how many seconds it took inside. Files cannot be written: a push that needs a temporary file
fails.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import resource
import signal
import sys
import time
from typing import Any


def run_module(options: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """What the module returns, and its seconds: clients, requests and all, but not the imports."""
    from ansible.module_utils import basic

    from ansible_collections.slipway.codedeploy.plugins.modules import revision

    # Ansible's wrapper around modules hands the options over in the same way.
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    output = io.StringIO()
    begin = time.perf_counter()
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        revision.main()
    return json.loads(output.getvalue()), time.perf_counter() - begin


def main() -> None:
    """Run the module as the arguments say; the exit status is 1 if it failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.push")
    parser.add_argument("--without", help="a library that the module shall not find")
    parser.add_argument("options", type=json.loads)
    arguments = parser.parse_args()
    if arguments.without:
        sys.modules[arguments.without] = None  # type: ignore[assignment]  # the documented way to make an import fail
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    result, seconds = run_module(arguments.options)
    if result.get("failed"):
        sys.exit(f"the module failed: {result['msg']}")
    print(json.dumps({"changed": result["changed"], "seconds": seconds}))


if __name__ == "__main__":
    main()
