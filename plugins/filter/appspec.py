# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that complete an AppSpec; each is documented in the file with its name."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from ansible.errors import AnsibleFilterError

from ..module_utils._appspec.substitution import AppSpecError, with_task_definition, with_versions

Filter = Callable[..., dict[str, str]]


def appspec_with_task_definition(appspec: t.Any, task_definition: str) -> dict[str, str]:
    """Return APPSPEC with TASK_DEFINITION, an ARN."""
    return _completed("appspec_with_task_definition", with_task_definition, appspec, task_definition)


def appspec_with_versions(appspec: t.Any, current: str | int, target: str | int) -> dict[str, str]:
    """Return APPSPEC with the versions CURRENT and TARGET."""
    return _completed("appspec_with_versions", with_versions, appspec, current, target)


def _completed(name: str, complete: Filter, appspec: t.Any, *values: str | int) -> dict[str, str]:
    if not isinstance(appspec, (str, Mapping)):
        raise AnsibleFilterError(f"{name}: the AppSpec must be a mapping or a string, not {type(appspec).__name__}")
    try:
        return complete(appspec, *values)
    except (AppSpecError, ImportError) as error:
        raise AnsibleFilterError(f"{name}: {error}") from error


class FilterModule:
    """The filters of this file, for Ansible."""

    def filters(self) -> dict[str, Filter]:
        """Return the filters by name."""
        return {
            "appspec_with_task_definition": appspec_with_task_definition,
            "appspec_with_versions": appspec_with_versions,
        }
