# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is published: Galaxy's own check of the tarball, and the README's first playbook with the installed tarball on the newest pair."""

from __future__ import annotations

import math
import os
import pathlib
import subprocess

import pytest

from e2e.playbooks import Installation, playbook_environment, run_playbook
from e2e.test_guides import blocks, prepare_account
from emulator import Clock, Emulator

from .environments import importer
from .pairs import ROOT, SETTINGS, Pair
from .test_pairs import assert_no_deprecation_of_ours


@pytest.fixture
def tarball(tmp_path: pathlib.Path) -> pathlib.Path:
    """What the README has users build."""
    subprocess.run(["make", "--silent", "tarball", f"TARBALL={tmp_path / 'tarball'}"], cwd=ROOT, check=True)
    (built,) = (tmp_path / "tarball").glob("slipway-codedeploy-*.tar.gz")
    return built


@pytest.fixture
def collections(newest_pair: Pair, tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder of collections that holds amazon.aws and nothing else."""
    folder = tmp_path / "collections"
    (folder / "ansible_collections").mkdir(parents=True)
    (folder / "ansible_collections/amazon").symlink_to(newest_pair.collections / "ansible_collections/amazon")
    return folder


def test_galaxy_would_import_the_tarball(
    tarball: pathlib.Path, collections: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    paths = dict.fromkeys(("PYTHONPATH", "ANSIBLE_COLLECTIONS_PATH"), str(collections))
    own = {"PATH": f"{importer() / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path / "home")}
    ended = subprocess.run(
        [importer() / "bin/python", "-m", "galaxy_importer.main", tarball],
        cwd=tmp_path,
        env={**os.environ, **paths, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "Importer processing completed successfully" in ended.stdout
    assert not [line for line in ended.stdout.splitlines() if "ERROR" in line or "No module named" in line], (
        ended.stdout
    )


def test_the_installed_tarball_runs_the_first_playbook(
    newest_pair: Pair, tarball: pathlib.Path, collections: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    installation = Installation(newest_pair.environment / "bin", collections, SETTINGS)
    (playbook,) = blocks("README.md", "yaml")
    (tmp_path / "ship.yml").write_text(playbook)
    (tmp_path / "web-app").symlink_to(ROOT / "examples/web-app")
    (tmp_path / "ansible.cfg").touch()
    with Emulator(clock=Clock(math.inf)) as emulator:
        prepare_account(emulator, "eu-central-1")
        subprocess.run(
            [installation.tools / "ansible-galaxy", "collection", "install", tarball, "--offline", "-p", collections],
            env=playbook_environment(emulator.environment, tmp_path, installation=installation),
            check=True,
        )
        first, again = (
            run_playbook(
                tmp_path / "ship.yml", {}, emulator.environment, tmp_path, lambda _line: None, installation=installation
            )
            for _time in range(2)
        )
    assert (collections / "ansible_collections/slipway/codedeploy/MANIFEST.json").exists()
    assert first.status == 0, first.output
    assert "Succeeded, 3 of 3 succeeded" in first.output
    assert "changed=0" in again.output, again.output
    assert_no_deprecation_of_ours(first.output)
