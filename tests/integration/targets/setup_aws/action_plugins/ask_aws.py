# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS asked directly, by boto3 and not by a module of this collection: what a target needs beside its modules, and what it reads back.

    - name: Read back with boto3
      ask_aws:
        calls:
          - codedeploy.get_application: {applicationName: web}
      register: aws

`aws.answers` has the answer to each of the calls, in order. It runs in Ansible's own process, which costs a tenth of what a module does.
"""

from __future__ import annotations

import json

import boto3
from ansible.plugins.action import ActionBase

# A session reads botocore's models once, and every task's process inherits it.
SESSION = boto3.session.Session()


def answer(connection, call):
    """The answer to CALL, a dictionary with one member: SERVICE.OPERATION and its parameters."""
    ((name, parameters),) = call.items()
    service, operation = name.split(".")
    found = getattr(SESSION.client(service, **connection), operation)(**parameters)
    del found["ResponseMetadata"]
    return json.loads(json.dumps(found, default=str))


class ActionModule(ActionBase):
    """Makes the `calls`, where the variables of integration_config.yml say."""

    _VALID_ARGS = frozenset({"calls"})

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        connection = {
            "endpoint_url": task_vars["emulator_endpoint"],
            "region_name": task_vars["region"],
            "aws_access_key_id": task_vars["access_key"],
            "aws_secret_access_key": task_vars["secret_key"],
        }
        return {"changed": False, "answers": [answer(connection, call) for call in self._task.args["calls"]]}
