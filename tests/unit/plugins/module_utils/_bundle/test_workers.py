# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trees that are read and packed by processes of their own."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pathlib
import signal
from collections.abc import Iterator

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle import reading
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.workers import Worker
from unit.trees import APPSPEC, archive_of, make_tree, read_manifest

# Larger than any pipe.
LARGE = 3 << 20


def broken(error: Exception) -> Iterator[int]:
    yield 1
    raise error


def test_a_worker_yields_what_its_items_are_and_ends() -> None:
    worker = Worker((bytes([number]) * LARGE for number in range(3)), 1)
    assert list(worker) == [bytes([number]) * LARGE for number in range(3)]
    assert multiprocessing.active_children() == []


def test_a_worker_works_elsewhere_and_ahead() -> None:
    reader, writer = os.pipe()

    def items() -> Iterator[int]:
        for _time in range(9):
            yield os.getpid()
        os.write(writer, b"ahead")

    worker = Worker(items(), 9)
    assert os.read(reader, 5) == b"ahead"
    processes = set(worker)
    assert len(processes) == 1
    assert processes != {os.getpid()}
    assert multiprocessing.active_children() == []
    for end in (reader, writer):
        os.close(end)


@pytest.mark.parametrize(
    "error", [BundleError("too large", "appspec"), MemoryError(), OSError(5, "Input/output error")]
)
def test_what_goes_wrong_there_is_raised_here(error: Exception) -> None:
    worker = Worker(broken(error), 9)
    assert next(worker) == 1
    with pytest.raises(type(error)) as caught:
        next(worker)
    assert str(caught.value) == str(error)
    assert vars(caught.value) == vars(error)
    assert multiprocessing.active_children() == []


def test_a_worker_that_is_killed_is_no_end() -> None:
    def items() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(RuntimeError, match="was killed; the machine may be out of memory"):
        list(Worker(items(), 9))


def test_a_worker_ends_with_its_maker() -> None:
    """Even if that has no time to say so."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as told, os.fdopen(writer, "w") as tell:

        def endless() -> Iterator[bytes]:
            tell.write(f"{os.getpid()}\n")
            tell.flush()
            yield from itertools.repeat(bytes(LARGE))

        maker = os.fork()
        if not maker:
            worker = Worker(endless(), 9)
            next(worker)
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(maker, 0)
        tell.close()
        assert told.readline().strip().isdecimal()
        assert told.read() == ""  # comes when the worker, which alone has the other end, has ended


def test_a_worker_ends_with_who_needs_it() -> None:
    worker = Worker(itertools.repeat(bytes(LARGE)), 9)
    assert len(next(worker)) == LARGE
    assert len(multiprocessing.active_children()) == 1
    del worker
    assert multiprocessing.active_children() == []


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    """A tree with small files between large ones, in more shares than one."""
    tree = make_tree(tmp_path / "app")
    for number in range(600):
        (tree / f"{number:03}").write_bytes(b"%d" % number * 100)
    for name in ("001-large", "300-large", "zz-large"):
        (tree / name).write_bytes(name.encode() * 200_000)
    return tree


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
def test_workers_make_the_very_same_bundle(
    tree: pathlib.Path, bundle_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = read_manifest(tree).digest, archive_of(tree, bundle_type)
    for workers in (1, 2, 5):
        monkeypatch.setattr(reading, "_MANY_FILES", 0)
        monkeypatch.setattr(reading, "processors", lambda count=workers: count)
        assert (read_manifest(tree).digest, archive_of(tree, bundle_type)) == alone
    assert multiprocessing.active_children() == []


def test_what_workers_cannot_read_is_named(tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MANY_FILES", 0)
    listed = reading.list_entries

    def listed_before_a_change(*source: object) -> object:
        entries = listed(*source)  # type: ignore[arg-type]
        (tree / "appspec.yml").write_text(APPSPEC + "files: []\n")
        return entries

    monkeypatch.setattr(reading, "list_entries", listed_before_a_change)
    with pytest.raises(BundleError, match=r"'appspec\.yml' changed while"):
        read_manifest(tree)
