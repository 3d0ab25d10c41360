# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The import contract: a file's floor says what it may import. CONTRIBUTING.md explains the floors.

A new file in `module_utils` gets its floor here, if its name does not give it one already.
"""

from __future__ import annotations

import ast
import pathlib
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections.slipway.codedeploy."

# The floor of each file, by the first pattern that matches its path; a `*` matches a `/` too.
FLOORS = (
    ("plugins/modules/*", "module"),
    ("plugins/action/*", "plugin"),
    ("plugins/filter/*", "plugin"),
    ("plugins/inventory/*", "plugin"),
    ("plugins/plugin_utils/*", "controller"),
    ("plugins/doc_fragments/*", "pure"),
    ("plugins/module_utils/*/__init__.py", "pure"),
    # What decides: known by the name of the room, or named here.
    ("plugins/module_utils/*/forms.py", "pure"),
    ("plugins/module_utils/*/rules.py", "pure"),
    ("plugins/module_utils/*_rules.py", "pure"),
    ("plugins/module_utils/*/plans.py", "pure"),
    ("plugins/module_utils/_appspec/*", "pure"),
    ("plugins/module_utils/_bundle/*", "pure"),
    ("plugins/module_utils/_batches.py", "pure"),
    ("plugins/module_utils/_errors.py", "pure"),
    ("plugins/module_utils/_parallel.py", "pure"),
    ("plugins/module_utils/_plan.py", "pure"),
    ("plugins/module_utils/_printable.py", "pure"),
    ("plugins/module_utils/_tag_plans.py", "pure"),
    ("plugins/module_utils/_url_secrets.py", "pure"),
    ("plugins/module_utils/_validation.py", "pure"),
    ("plugins/module_utils/_deploying/decisions.py", "pure"),
    ("plugins/module_utils/_deploying/descriptions.py", "pure"),
    ("plugins/module_utils/_deployment_configs/replacement.py", "pure"),
    ("plugins/module_utils/_deployments/diagnosis.py", "pure"),
    ("plugins/module_utils/_deployments/polling.py", "pure"),
    ("plugins/module_utils/_deployments/progress.py", "pure"),
    ("plugins/module_utils/_deployments/windows.py", "pure"),
    ("plugins/module_utils/_on_premises_instances/agent_files.py", "pure"),
    ("plugins/module_utils/_on_premises_instances/user_policy.py", "pure"),
    ("plugins/module_utils/_releases/appspecs.py", "pure"),
    ("plugins/module_utils/_revisions/locations.py", "pure"),
    # Argument specs are Ansible's; what no spec reaches, ansible-core validates.
    ("plugins/module_utils/*/options.py", "options"),
    # What calls AWS.
    ("plugins/module_utils/_aws/*", "aws"),
    ("plugins/module_utils/_run.py", "run"),
    ("plugins/module_utils/*/api.py", "api"),
    ("plugins/module_utils/_applications.py", "api"),
    ("plugins/module_utils/_github_account_tokens.py", "api"),
    ("plugins/module_utils/_deployment_groups/hosts.py", "api"),
    ("plugins/module_utils/_deployment_groups/scaling_hooks.py", "api"),
    ("plugins/module_utils/*/reading.py", "api"),
    ("plugins/module_utils/_on_premises_instances/registrations.py", "api"),
    ("plugins/module_utils/_on_premises_instances/users.py", "api"),
    ("plugins/module_utils/_releases/*", "api"),
    ("plugins/module_utils/_deploying/earlier_revisions.py", "api"),
    ("plugins/module_utils/_deploying/interventions.py", "api"),
    ("plugins/module_utils/_deploying/preflight.py", "api"),
    ("plugins/module_utils/_deploying/preflight_traffic.py", "api"),
    ("plugins/module_utils/_deploying/steps.py", "api"),
    ("tests/emulator/tests/*", "test"),
    ("tests/emulator/engine/*", "engine"),
    ("tests/emulator/http/*", "http"),
    ("tests/emulator/hosts/agent/*", "agent"),
    ("tests/emulator/*", "emulator"),
)

AMAZON = "ansible_collections.amazon.aws.plugins.module_utils"
# What a floor may import of ours: floors. And of others, beside the standard library: packages, each with all below it.
MAY_IMPORT: dict[str, tuple[set[str], set[str]]] = {
    "pure": ({"pure"}, {"isal", "yaml"}),
    "options": ({"pure", "options"}, {"ansible.module_utils.common"}),
    "aws": ({"pure", "aws"}, {"ansible.module_utils", AMAZON, "botocore"}),
    "api": ({"pure", "options", "aws", "api"}, {"ansible.module_utils", AMAZON}),
    "run": ({"pure", "aws"}, {"ansible.module_utils", AMAZON}),
    "module": ({"pure", "options", "aws", "api", "run"}, {"ansible.module_utils"}),
    "controller": ({"pure", "aws", "api", "controller"}, {"ansible", AMAZON}),
    "plugin": ({"pure", "aws", "api", "controller"}, {"ansible", "ansible_collections.amazon.aws.plugins"}),
    "engine": ({"engine", "emulator"}, {"yaml"}),
    "http": ({"http", "engine", "emulator"}, {"botocore", "cryptography", "moto", "werkzeug"}),
    "agent": ({"agent"}, {"botocore", "cryptography", "yaml"}),
    "emulator": (
        {"http", "engine", "emulator"},
        {"boto3", "botocore", "cryptography", "moto", "trustme", "urllib3", "yaml"},
    ),
}

# The concepts of module_utils, lowest first: none imports one that stands after it, so no circle can form.
CONCEPTS = (
    "_batches",
    "_errors",
    "_printable",
    "_url_secrets",
    "_validation",
    "_parallel",
    "_plan",
    "_tag_plans",
    "_bundle",
    "_appspec",
    "_aws",
    "_run",
    "_applications",
    "_github_account_tokens",
    "_on_premises_instances",
    "_deployment_groups",
    "_deployment_configs",
    "_deployment_groups/reading",  # looks up deployment configs, which look up the groups that use them
    "_revisions",
    "_deployments",
    "_releases",
    "_deploying",
)


def floor_of(path: str) -> str | None:
    """The floor of the file at PATH; None if the table names none."""
    return next((floor for pattern, floor in FLOORS if fnmatchcase(path, pattern)), None)


def concept_of(path: str) -> str | None:
    """The concept of module_utils that PATH belongs to, or its room where that has a place of its own; None if it is elsewhere."""
    parts = path.removesuffix(".py").split("/")
    if parts[:2] != ["plugins", "module_utils"] or parts[2] == "__init__":
        return None
    room = "/".join(parts[2:])
    return room if room in CONCEPTS else parts[2]


def imports(path: str, text: str) -> Iterator[str]:
    """The absolute names that TEXT, the source of the file at PATH, imports, wherever in it: `a.b` by `import a.b`, `a.b.c` by `from a.b import c`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.split("/")[: -node.level] if node.level else []
            yield from (".".join([*above, *([node.module] if node.module else []), alias.name]) for alias in node.names)


def file_of(name: str) -> str | None:
    """The file of ours that the import of NAME loads; None if it is not ours."""
    name = name.removeprefix(COLLECTION)
    name = f"tests.{name}" if name.split(".")[0] == "emulator" else name
    if name.split(".")[0] not in ("plugins", "tests"):
        return None
    parts = name.split(".")
    places = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
    files = [file for place in places for file in (f"{place}.py", f"{place}/__init__.py")]
    return next((file for file in files if (ROOT / file).is_file()), name)


def breaches(path: str, text: str) -> list[str]:
    """What TEXT, the source of the file at PATH, imports against the contract, a line each."""
    floor = floor_of(path)
    if floor is None:
        return [f"{path} has no floor: add it to FLOORS"]
    if floor == "test":
        return []
    floors, packages = MAY_IMPORT[floor]
    found = []
    for name in imports(path, text):
        file = file_of(name)
        if file is None:
            known = name.split(".")[0] in sys.stdlib_module_names
            if not known and not any(f"{name}.".startswith(f"{package}.") for package in packages):
                found.append(f"{path} ({floor}) imports {name}")
        elif not (floor == "plugin" and is_own_module(path, file)) and floor_of(file) not in floors:
            found.append(f"{path} ({floor}) imports {file} ({floor_of(file)})")
        elif is_above(file, path):
            found.append(f"{path} imports {file}, whose concept stands above its own in CONCEPTS")
    return list(dict.fromkeys(found))


def is_own_module(path: str, file: str) -> bool:
    """Whether FILE is the module of the action plugin at PATH."""
    return file == path.replace("plugins/action/", "plugins/modules/")


def is_above(file: str, path: str) -> bool:
    """Whether the concept of FILE stands above that of PATH."""
    upper, own = concept_of(file), concept_of(path)
    return upper is not None and own is not None and CONCEPTS.index(upper) > CONCEPTS.index(own)


def sources(*folders: str) -> list[str]:
    return sorted(str(file.relative_to(ROOT)) for folder in folders for file in (ROOT / folder).rglob("*.py"))


FILES = sources("plugins", "tests/emulator")


def test_every_import_keeps_the_contract() -> None:
    assert [breach for path in FILES for breach in breaches(path, (ROOT / path).read_text())] == []


def test_every_concept_has_its_place() -> None:
    assert {concept_of(path) for path in FILES} - {None} <= set(CONCEPTS)


def test_every_pattern_matches_a_file() -> None:
    """A pattern that no file needs is a file that has gone."""
    taken = {next((pattern for pattern, _floor in FLOORS if fnmatchcase(path, pattern)), None) for path in FILES}
    assert [pattern for pattern, _floor in FLOORS if pattern not in taken] == []


RULES = "plugins/module_utils/_deployment_groups/rules.py"
OPTIONS = "plugins/module_utils/_deployment_groups/options.py"
API = "plugins/module_utils/_deployment_groups/api.py"
CALLS = "plugins/module_utils/_aws/calls.py"
MODULE = "plugins/modules/deployment_group.py"
AMAZON_ERRORS = f"{AMAZON}.errors"


@pytest.mark.parametrize(
    ("path", "planted", "told"),
    [
        (RULES, "import boto3", "(pure) imports boto3"),
        (RULES, "from botocore.exceptions import ClientError", "(pure) imports botocore.exceptions.ClientError"),
        (RULES, "from ansible.module_utils.basic import AnsibleModule", "(pure) imports ansible.module_utils.basic"),
        (RULES, f"from {AMAZON_ERRORS} import AWSErrorHandler", f"(pure) imports {AMAZON_ERRORS}"),
        (RULES, "from .._aws.calls import aws_call", f"(pure) imports {CALLS} (aws)"),
        (RULES, "from .._aws import calls", f"(pure) imports {CALLS} (aws)"),
        (RULES, "from .api import find_deployment_group", f"(pure) imports {API} (api)"),
        (RULES, "from . import api", f"(pure) imports {API} (api)"),
        (RULES, f"from {COLLECTION}plugins.module_utils._aws import calls", f"(pure) imports {CALLS} (aws)"),
        (RULES, "def late():\n    from .._aws.calls import aws_call", f"(pure) imports {CALLS} (aws)"),
        (RULES, "from .._deploying.decisions import decide", "whose concept stands above its own"),
        (RULES, "from .options import ARGUMENTS", "(pure) imports plugins/module_utils/_deployment_groups/options.py (options)"),
        (OPTIONS, "from ansible.module_utils.basic import AnsibleModule", "(options) imports ansible.module_utils.basic"),
        (OPTIONS, "from .api import find_deployment_group", f"(options) imports {API} (api)"),
        (OPTIONS, "import botocore", "(options) imports botocore"),
        ("plugins/module_utils/_bundle/tree.py", "import requests", "(pure) imports requests"),
        (API, "import boto3", "(api) imports boto3"),
        (API, "from ...modules.deploy import ensure", "imports plugins/modules/deploy.py (module)"),
        (API, "from .._run import run", "imports plugins/module_utils/_run.py (run)"),
        (API, "from ...plugin_utils._hosts import Record", "imports plugins/plugin_utils/_hosts.py (controller)"),
        (API, "from .._deployments.api import find_deployment", "whose concept stands above its own"),
        (CALLS, "from .._applications import find_application", "(aws) imports plugins/module_utils/_applications.py"),
        (MODULE, "import botocore", "(module) imports botocore"),
        (MODULE, "from .application import ensure", "imports plugins/modules/application.py (module)"),
        (MODULE, "from ..plugin_utils import _hosts", "imports plugins/plugin_utils/_hosts.py (controller)"),
        (MODULE, "from emulator import Emulator", "imports tests/emulator/__init__.py (emulator)"),
        ("plugins/action/deploy.py", "from ..modules.deployment import ensure", "imports plugins/modules/deployment.py"),
        ("plugins/plugin_utils/_hosts.py", "from ..modules import deploy", "imports plugins/modules/deploy.py"),
        ("plugins/inventory/hosts.py", "from unit.scenarios import Connect", "imports unit.scenarios"),
        ("plugins/module_utils/_deployments/news.py", "", "has no floor"),
        ("tests/emulator/engine/health.py", "from ..http.protocol import Call", "(engine) imports tests/emulator/http/"),
        ("tests/emulator/engine/health.py", "from ..http import protocol", "(engine) imports tests/emulator/http/"),
        ("tests/emulator/state.py", "from .tests.signed_requests import sign", "imports tests/emulator/tests/"),
        ("tests/emulator/http/gate.py", f"from {COLLECTION}plugins.modules import deploy", "(http) imports plugins/modules/"),
    ],
)  # fmt: skip
def test_a_planted_import_is_found(path: str, planted: str, told: str) -> None:
    (breach,) = breaches(path, planted)
    assert told in breach


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (RULES, "import json\nfrom .forms import BLUE_GREEN\nfrom .._validation import InvalidOption"),
        ("plugins/module_utils/_appspec/yaml_source.py", "import yaml"),
        (API, "from .._aws.calls import aws_call\nfrom .._applications import find_application"),
        ("plugins/action/deploy.py", "from ..modules.deploy import ARGUMENTS"),
        ("tests/emulator/http/gate.py", "from ..engine.targets import matches_any"),
    ],
)
def test_an_allowed_import_passes(path: str, text: str) -> None:
    assert breaches(path, text) == []
