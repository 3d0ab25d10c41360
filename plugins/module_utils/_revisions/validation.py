# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validate a revision that no argument spec reaches, as ansible-core validates the option `revision`. Not pure: it is ansible-core that does it.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._validation import InvalidOption
from .options import _LOCATIONS, _REVISION


def revision_options(option: str, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """GIVEN, an element of OPTION, as Ansible would make it if it were the option `revision`. Raises InvalidOption if it could not be that."""
    checked = ArgumentSpecValidator(_REVISION, mutually_exclusive=[_LOCATIONS], required_one_of=[_LOCATIONS]).validate(
        given
    )
    if checked.error_messages:
        raise InvalidOption(f"{option}: {'; '.join(checked.error_messages)}")
    return dict(checked.validated_parameters)
