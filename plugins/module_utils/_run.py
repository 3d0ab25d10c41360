# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module's declaration: its arguments, its constraints, and one function of (connect, params, check_mode), or (connect, params) if it only reads.

The one place that knows AnsibleAWSModule. What leaves a module here is printable and holds no secret of a URL.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common import warnings as ansible_warnings
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ._aws.calls import Connect
from ._aws.connections import Clients, client_options
from ._errors import CodeDeployError
from ._printable import printable, printable_result
from ._url_secrets import without_secrets
from ._validation import InvalidOption

Arguments = dict[str, t.Any]
Params = dict[str, t.Any]
Result = dict[str, t.Any]
Ensure = t.Callable[[Connect, Params, bool], Result]
Read = t.Callable[[Connect, Params], Result]

# Options whose values may have passwords in URLs.
_WITH_URLS = ("endpoint_url", "s3_connection", "aws_config")


def run(arguments: Arguments, constraints: Arguments, ensure: Ensure, check_secrecy: t.Any = None) -> None:
    """Run a module that makes something so. CHECK_SECRECY, a function of (params, no_log), refuses to print secrets, if the module has any."""
    module = CodeDeployModule(argument_spec=arguments, **constraints, supports_check_mode=True)

    def work() -> Result:
        if check_secrecy:
            check_secrecy(module.params, module.no_log)
        return ensure(connections(module), module.params, module.check_mode)

    _end(module, work)


def run_info(arguments: Arguments, constraints: Arguments, read: Read) -> None:
    """Run a module that only reads."""
    run(arguments, constraints, lambda connect, params, _check_mode: read(connect, params))


def run_offline(arguments: Arguments, constraints: Arguments, read: t.Callable[[Params], Result]) -> None:
    """Run a module that does not call AWS."""
    module = OfflineModule(argument_spec=arguments, **constraints, supports_check_mode=True)
    _end(module, lambda: read(module.params))


@contextlib.contextmanager
def keeping(warnings: list[str]) -> t.Iterator[None]:
    """Let an error that leaves this block carry WARNINGS, which would be lost with the result."""
    try:
        yield
    except (InvalidOption, CodeDeployError) as error:
        error.warnings = [*getattr(error, "warnings", ()), *warnings]  # type: ignore[union-attr]
        raise


class _PrintableEnds:
    """Ends for a module, all of which lead through `exit_json` and `fail_json`: they print nothing that could harm."""

    params: Params

    def warn(self, warning: str) -> None:
        """Warn the user. Not through amazon.aws, which adds warnings to the result that ansible-core adds anyway, and gets a deprecation warning for it."""
        ansible_warnings.warn(_harmless(warning))

    def exit_json(self, **result: t.Any) -> None:
        """End the module with RESULT."""
        self._conceal()
        super().exit_json(**printable_result(result))  # type: ignore[misc]

    def fail_json(self, *message: str, **result: t.Any) -> None:
        """End the module with RESULT, which has the reason in `msg`, unless it is the MESSAGE."""
        self._conceal()
        super().fail_json(*map(_harmless, message), **printable_result(without_secrets(result)))  # type: ignore[misc]

    def _conceal(self) -> None:
        """Mask the options, which Ansible shows with the result at high verbosity."""
        self.params.update({name: without_secrets(self.params[name]) for name in _WITH_URLS if self.params.get(name)})


class OfflineModule(_PrintableEnds, AnsibleModule):
    """A module that does not call AWS."""


class CodeDeployModule(Clients, _PrintableEnds, AnsibleAWSModule):
    """A module that calls AWS."""

    def _connection_options(self) -> t.Any:
        return self.params


def connections(module: t.Any) -> Connect:
    """The function by which MODULE gets its clients, one a service. S3 is reached by the option `s3_connection`, if the module has it."""
    apart = client_options(module.params.get("s3_connection") or {})
    # What is imported, and botocore's data after it, stays until the end: Python need not look through it for garbage again and again.
    gc.freeze()

    @functools.cache
    def connect(service: str, **settings: t.Any) -> t.Any:
        client = module.client(service, **(apart if service == "s3" else {}), **settings)
        gc.freeze()
        return client

    return connect


def _end(module: t.Any, work: t.Callable[[], Result]) -> None:
    """Do WORK and end MODULE with its result, or with the error that it raises; with the warnings of either."""
    try:
        result = work()
    except InvalidOption as error:
        _warn(module, getattr(error, "warnings", ()))
        module.fail_json(msg=str(error))
    except CodeDeployError as error:
        _warn(module, getattr(error, "warnings", ()))
        if error.exception:
            module.fail_json_aws(error.exception, msg=error.message, **error.kwargs)
        module.fail_json(msg=error.message, **error.kwargs)
    _warn(module, result.pop("warnings", ()))
    module.exit_json(**shown(result, module._verbosity))


def _warn(module: t.Any, warnings: t.Iterable[str]) -> None:
    for warning in dict.fromkeys(warnings):
        module.warn(warning)


def shown(result: Result, verbosity: int) -> Result:
    """RESULT as it is returned at Ansible's VERBOSITY: the largest files of a bundle are for those who ask for more."""
    if verbosity or "bundle" not in result:
        return result
    return {**result, "bundle": {name: value for name, value in result["bundle"].items() if name != "largest"}}


def _harmless(text: str) -> str:
    return printable(without_secrets(text))
