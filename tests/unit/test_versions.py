# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever names a version of ansible-core or amazon.aws names what requirements/versions.yml has tested."""

from __future__ import annotations

import re
import typing as t

import yaml
from packaging.version import Version
from versions.pairs import ROOT, Pair, all_pairs

PAIRS = all_pairs()
OLDEST = PAIRS[0]


def text(file: str) -> str:
    return (ROOT / file).read_text()


def pinned(file: str, package: str) -> str:
    """The version that a FILE of requirements pins PACKAGE to."""
    (version,) = re.findall(rf"^{package}==(\S+)", text(file), re.MULTILINE)
    return str(version)


def newest(candidates: bool) -> Pair:
    """The newest pair among the releases, or among the CANDIDATES."""
    return [pair for pair in PAIRS if Version(pair.ansible_core).is_prerelease == candidates][-1]


def test_the_pairs_stand_in_order() -> None:
    versions = [Version(pair.ansible_core) for pair in PAIRS]
    assert versions == sorted(set(versions))


def test_the_pairs_that_matter_most_are_required() -> None:
    pin = pinned("requirements/development.txt", "ansible-core")
    (development,) = (pair for pair in PAIRS if pair.ansible_core == pin)
    assert {pair for pair in PAIRS if pair.required} == {OLDEST, development, newest(False), newest(True)}
    assert {pair for pair in PAIRS if pair.unit_tests} == {OLDEST, PAIRS[-1]}


def test_the_pins_are_a_pair() -> None:
    pin = pinned("requirements/development.in", "ansible-core")
    assert pin == pinned("requirements/development.txt", "ansible-core")
    wheel = pinned("requirements/collections.txt", "ansible")
    (development,) = (pair for pair in PAIRS if pair.ansible_core == pin)
    assert development.wheel == wheel
    assert f"amazon.aws ({development.amazon_aws})" in text("requirements/collections.txt")


def test_the_collection_asks_for_no_older_ansible_than_is_tested() -> None:
    runtime: dict[str, t.Any] = yaml.safe_load(text("meta/runtime.yml"))
    oldest = Version(OLDEST.ansible_core)
    assert runtime["requires_ansible"] == f">={oldest.major}.{oldest.minor}.0"
    assert f"ansible-core {oldest.major}.{oldest.minor} or newer" in text("README.md")


def test_the_collection_asks_for_no_older_amazon_aws_than_is_tested() -> None:
    galaxy: dict[str, t.Any] = yaml.safe_load(text("galaxy.yml"))
    lower = f"{min(Version(pair.amazon_aws) for pair in PAIRS).major}.0.0"
    assert galaxy["dependencies"] == {"amazon.aws": f">={lower}"}
    assert f"`amazon.aws` {lower} or newer" in text("README.md")


def test_readme_has_the_table() -> None:
    section = text("README.md").partition("## Tested versions")[2].partition("\n## ")[0]
    rows = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in section.splitlines() if "|" in line]
    assert rows[2:] == [(pair.ansible_core, pair.amazon_aws, ", ".join(pair.python)) for pair in PAIRS]
