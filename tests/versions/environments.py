# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make what the tests of the versions run in: an environment for each pair whose Python is on this machine, and amazon.aws for each.

What is there already and still fits is kept. An environment is marked when it is whole, so that one whose making was interrupted is made again.
"""

from __future__ import annotations

import fcntl
import json
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from .pairs import BUILD, ROOT, Pair, advice, all_pairs

PINS = ROOT / "requirements/development.txt"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
CACHE = str(ROOT / "build/pip")

# What a controller has beside ansible-core; and what unit tests run on.
CONTROLLER = ("boto3",)
UNIT_TESTS = (
    "awscli", "cryptography", "flask", "flask-cors", "hypothesis", "isal", "moto[ec2,iam,s3]", "pytest", "pytest-xdist", "pyyaml", "trustme",
)  # fmt: skip
# What is not as development.txt pins it: the point of all this, with what it demands in another version, and what has left Python 3.10 behind.
UNPINNED = ("ansible-core", "resolvelib", "hypothesis", "pycparser")
# A check of the tarball, whose own pins fit nothing else.
IMPORTER = ["galaxy-importer==0.4.44"]


def main() -> None:
    """Make all that can be made here, two at a time; whoever else wants it meanwhile waits."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_all()
    for pair in all_pairs():
        if not pair.interpreter:
            print(f"left out: {pair.name}: {advice(pair)}", file=sys.stderr)


def make_all() -> None:
    """Each environment, and each amazon.aws."""
    pairs = [pair for pair in all_pairs() if pair.interpreter]
    each_amazon_aws = {pair.amazon_aws: pair for pair in pairs}.values()
    jobs: list[Callable[[], None]] = [
        *(partial(make_environment, pair) for pair in pairs),
        *(partial(make_collections, pair) for pair in each_amazon_aws),
        make_importer,
    ]
    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(job) for job in jobs]:
            job.result()


def make_environment(pair: Pair) -> None:
    """The virtual environment of PAIR."""
    assert pair.interpreter
    _version, python = pair.interpreter
    constraints = [line for line in PINS.read_text().splitlines() if line.partition("==")[0] not in UNPINNED]
    wanted = [f"ansible-core=={pair.ansible_core}", *CONTROLLER, *(UNIT_TESTS if pair.unit_tests else ())]
    make(pair.environment, python, wanted, constraints)


def make_importer() -> None:
    """The virtual environment of galaxy-importer."""
    make(importer(), pathlib.Path(sys.executable).resolve(), IMPORTER, [])


def importer() -> pathlib.Path:
    """The folder of that environment."""
    return BUILD / "galaxy-importer"


def make(folder: pathlib.Path, python: pathlib.Path, wanted: list[str], constraints: list[str]) -> None:
    """A virtual environment in FOLDER with what is WANTED, unless it is there."""
    mark, recipe = folder / "made-of.json", json.dumps([str(python), wanted, constraints])
    if mark.exists() and mark.read_text() == recipe:
        return
    shutil.rmtree(folder, ignore_errors=True)
    _run([str(python), "-m", "venv", "--without-pip", str(folder)])
    limits = folder / "constraints.txt"
    limits.write_text("\n".join(constraints))
    _run([*PIP, "--python", str(folder / "bin/python"), "install", "--quiet", "--cache-dir", CACHE, "-c", str(limits), *wanted])  # fmt: skip
    mark.write_text(recipe)


def make_collections(pair: Pair) -> None:
    """The amazon.aws of PAIR, with the checkout beside it."""
    if pair.collections.exists():
        return
    wheels, unpacked = BUILD / f"wheel-{pair.wheel}", BUILD / f"unpacked-{pair.amazon_aws}"
    for folder in (wheels, unpacked):
        shutil.rmtree(folder, ignore_errors=True)
    # The wheel is for a newer Python than this one may be; it is only unpacked.
    newest = ["--only-binary=:all:", "--python-version", "3.14"]
    _run([*PIP, "download", "--quiet", "--no-cache-dir", "--no-deps", *newest, "--dest", str(wheels), f"ansible=={pair.wheel}"])  # fmt: skip
    _run([sys.executable, str(ROOT / "requirements/unpack_collections.py"), str(wheels), "amazon.aws", str(unpacked)])
    shutil.rmtree(wheels)
    (unpacked / "ansible_collections/slipway").mkdir()
    (unpacked / "ansible_collections/slipway/codedeploy").symlink_to(ROOT)
    unpacked.rename(pair.collections)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
