# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trees that are pushed: many small files, text, and content that does not compress.

What they hold repeats, but farther apart than the 32 kB that deflate looks back, so a compressor cannot tell.
"""

from __future__ import annotations

import functools
import pathlib
import random
from collections.abc import Callable
from dataclasses import dataclass

APPSPEC = "version: 0.0\nos: linux\nfiles:\n  - source: /\n    destination: /opt/benchmark\n"
BLOCK = 4 << 20
PATHS = ("/", "/cart", "/search?q=shoes", "/product/{}", "/static/app.css", "/api/v2/orders/{}", "/login", "/healthz")
WORDS = ("return", "self", "value", "option", "import", "request", "result", "target", "if not", "raise", "for each in")


@dataclass(frozen=True)
class Tree:
    """A tree of FILES files of SIZE bytes each, made of BLOCK's bytes; DESCRIPTION is for the table."""

    name: str
    description: str
    files: int
    size: int
    block: Callable[[], bytes]

    def write(self, folder: pathlib.Path, scale: float) -> pathlib.Path:
        """Write the tree below FOLDER with SCALE times its bytes, and return its root."""
        files = max(1, round(self.files * scale)) if self.files > 100 else self.files
        size = self.size if self.files > 100 else max(1, round(self.size * scale))
        root = folder / self.name
        root.mkdir(parents=True)
        (root / "appspec.yml").write_text(APPSPEC)
        block = self.block() * 2
        for number in range(files):
            path = root / f"part-{number // 100:03}" / f"file-{number:05}"
            path.parent.mkdir(exist_ok=True)
            _write(path, block, size, number * 5003 % BLOCK)
        return root


def _write(path: pathlib.Path, block: bytes, size: int, start: int) -> None:
    """SIZE bytes of BLOCK, which holds everything twice, beginning at START so that no two files are the same."""
    with path.open("wb") as file:
        for left in range(size, 0, -BLOCK):
            file.write(memoryview(block)[start : start + min(left, BLOCK)])


def _text(line: Callable[[random.Random], str]) -> bytes:
    """A block of different LINEs, the same in every run."""
    chance, lines, size = random.Random(1), list[str](), 0
    while size < BLOCK:
        lines.append(line(chance))
        size += len(lines[-1])
    return "".join(lines).encode()[:BLOCK]


def _log_line(chance: random.Random) -> str:
    address = ".".join(str(chance.randrange(256)) for _part in range(4))
    path = chance.choice(PATHS).format(chance.randrange(100_000))
    moment = f"2026-11-22T{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}Z"
    numbers = f"{chance.choice((200, 200, 200, 304, 404, 500))} {chance.randrange(100_000)}"
    return f'{address} - - [{moment}] "GET {path} HTTP/1.1" {numbers} id={chance.getrandbits(96):024x} {chance.random():.6f}\n'


def _code_line(chance: random.Random) -> str:
    words = " ".join(chance.choices(WORDS, k=3))
    return f"    {words}({chance.getrandbits(128):032x})\n"


def _noise() -> bytes:
    return random.Random(1).randbytes(BLOCK)


TREES = (
    Tree("files", "10,000 files of 4 kB", 10_000, 4096, functools.partial(_text, _code_line)),
    Tree("text", "200 MB of logs", 8, 25_000_000, functools.partial(_text, _log_line)),
    Tree("random", "1 GB that does not compress", 4, 250_000_000, _noise),
)
