# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that a server may legally give, and those it may not: every task reads them or fails with a clear sentence, after a bounded number of calls."""

from __future__ import annotations

import collections
import contextlib
import os
import pathlib
import re
import signal
import sys
import tempfile
import traceback
import typing as t
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from emulator import Emulator, ManualClock
from hostile.scenes import SCENES, Options, Runner, Scene
from hostile.variants import LEGAL, is_json, variants_of
from hostile.wire import Answer, Replace, TooManyCalls, Wire
from unit.scenarios import MODULE_ACCESS_KEY

# What is no clear sentence: the text of an exception, a traceback, a web page, or a text of many lines.
RAW = re.compile(
    r"Traceback|\w*(Key|Type|Attribute|Value|Index|Recursion|Parser|Pagination)Error|has no attribute|NoneType|not subscriptable|invalid XML|"
    r"object is not|Module failed|not supported between|unhashable|<html|<!DOCTYPE|\n.*\n.*\n",
    re.IGNORECASE,
)
LONGEST = 2000
# A run may make three times the calls that it makes otherwise, and these.
SPARE_CALLS = 80
SECONDS = 60
SUCCESS, CLEAR, UNCLEAR, EXCEPTION, HANG = "success", "clear failure", "unclear failure", "raw exception", "hang"
VERDICTS = (SUCCESS, CLEAR, UNCLEAR, EXCEPTION, HANG)
FINE = (SUCCESS, CLEAR)


@dataclass(frozen=True)
class Finding:
    """What came of a VARIANT of an answer to OPERATION in a scene: the VERDICT, and the message or exception."""

    scene: str
    operation: str
    variant: str
    verdict: str
    detail: str

    def __str__(self) -> str:
        return f"{self.verdict}: {self.scene}: {self.operation}: {self.variant}: {self.detail}"


class Hung(BaseException):
    """A run took longer than SECONDS."""


class Theatre:
    """An emulator on which scenes are run, again and again, with other answers."""

    def __init__(self, emulator: Emulator, folder: pathlib.Path) -> None:
        self._emulator = emulator
        self._runner = Runner(emulator, folder)
        self._arranged: tuple[Scene, Options] | None = None
        self._tried: set[tuple[str, str, str]] = set()

    def rehearse(self, scene: Scene) -> list[tuple[int, Answer]]:
        """Run SCENE as it is; the answers that it gets, with their numbers, without those that are like one before."""
        wire = Wire(MODULE_ACCESS_KEY, lambda answer: answer, 10_000)
        result = self._run(scene, wire)
        assert bool(result.get("failed")) is scene.fails, result.get("msg")
        self.calls = len(wire.answers)
        distinct: dict[t.Any, tuple[int, Answer]] = {}
        for number, answer in enumerate(wire.answers):
            distinct.setdefault((answer.operation.name, answer.status, *_form(answer)), (number, answer))
        return list(distinct.values())

    def variants(self, scene: Scene) -> list[tuple[int, str, str, Replace]]:
        """The variants of all answers in SCENE: the number of the answer, its operation, the variant's name, and what makes it. Those that the models do
        not allow, which one place finds, are among them once for each plugin."""
        found: list[tuple[int, str, str, Replace]] = []
        for number, answer in self.rehearse(scene):
            for name, replace in variants_of(answer).items():
                key = (scene.name if name.endswith(LEGAL) else scene.runs, answer.operation.name, name)
                if key not in self._tried:
                    self._tried.add(key)
                    found.append((number, answer.operation.name, name, replace))
        return found

    def play(self, scene: Scene, number: int, operation: str, name: str, replace: Replace) -> Finding:
        """Run SCENE with the answer of this NUMBER, and those to the same operation after it, as REPLACE makes them."""
        count = 0

        def replaced(answer: Answer) -> Answer:
            nonlocal count
            count += 1
            return replace(answer) if count > number and answer.operation.name == operation else answer

        wire = Wire(MODULE_ACCESS_KEY, replaced, 3 * self.calls + SPARE_CALLS)
        verdict, detail = _judged(lambda: self._run(scene, wire))
        return Finding(scene.name, operation, name, verdict, detail)

    def _run(self, scene: Scene, wire: Wire) -> t.Any:
        if not (self._arranged and self._arranged[0] == scene and scene.reads):
            self._emulator.reset()
            self._arranged = (scene, scene.arrange(self._emulator))
        with wire.tapped():
            return self._runner.run(scene, self._arranged[1])


def _form(answer: Answer) -> tuple[str, ...]:
    """What answers of the same form have in common: the names of their members."""
    text = answer.body.decode(errors="replace")
    return tuple(sorted(set(re.findall(r'"(\w+)":' if is_json(answer) else r"<(\w+)", text))))


def _judged(run: t.Callable[[], t.Any]) -> tuple[str, str]:
    """The verdict about RUN, and why."""

    def expire(_number: int, _frame: t.Any) -> t.NoReturn:
        raise Hung

    before = signal.signal(signal.SIGALRM, expire)
    signal.alarm(SECONDS)
    try:
        result = run()
    except (TooManyCalls, Hung) as error:
        return HANG, type(error).__name__
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return EXCEPTION, f"{error!r:.200} at {pathlib.Path(place.filename).name}:{place.lineno}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    message = str(result.get("msg", ""))
    if not result.get("failed"):
        return SUCCESS, ""
    clear = message and not RAW.search(message) and len(message) <= LONGEST
    return CLEAR if clear else UNCLEAR, message


@contextlib.contextmanager
def theatre() -> t.Iterator[Theatre]:
    """A theatre of its own emulator, whose time only its tasks move."""
    with Emulator(clock=ManualClock()) as emulator, tempfile.TemporaryDirectory() as folder:
        yield Theatre(emulator, pathlib.Path(folder))


def findings(name: str) -> list[Finding]:
    """What came of all variants of the scene NAME."""
    (scene,) = [scene for scene in SCENES if scene.name == name]
    with theatre() as stage:
        return [stage.play(scene, *variant) for variant in stage.variants(scene)]


def main() -> bool:
    """Try all variants of all scenes, on all processors; print a table, and below each scene what is not fine in it. Whether all is."""
    chosen = [scene for scene in SCENES if os.environ.get("SCENE", "") in scene.name]
    columns = ("variants", *VERDICTS)
    print(f"{'scene':40}" + "".join(f"{column:>17}" for column in columns))
    total: collections.Counter[str] = collections.Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for scene, found in zip(chosen, pool.map(findings, [scene.name for scene in chosen]), strict=True):
            counts = collections.Counter(finding.verdict for finding in found)
            _print_row(scene.name, counts)
            total += counts
            for finding in found:
                if finding.verdict not in FINE:
                    print(finding, file=sys.stderr, flush=True)
    _print_row("all", total)
    return all(verdict in FINE for verdict in +total)


def _print_row(name: str, counts: collections.Counter[str]) -> None:
    print(f"{name:40}{counts.total():17}" + "".join(f"{counts[verdict]:17}" for verdict in VERDICTS), flush=True)
