# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppSpecs with what is wrong with them: a table a platform. Each problem is written as `rule path:line`."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.bundle import Bundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.check import Verdict

SHELL = b"#!/bin/sh\n"
SERVER = "version: 0.0\nos: linux\n"


@dataclass(frozen=True)
class Case:
    """An AppSpec and its problems; TREE is the bundle around it, file names with their contents, and OPTIONS go to the check."""

    text: str | Mapping[str, Any]
    problems: tuple[str, ...] = ()
    tree: Mapping[str, bytes] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def places(verdict: Verdict) -> tuple[str, ...]:
    """The problems of VERDICT as they are written in the tables."""
    return tuple(f"{problem.rule} {problem.path}:{problem.line}" for problem in verdict.problems)


def bundle_with(tree: Mapping[str, bytes], archive: Any = None, links: tuple[str, ...] = ()) -> Bundle:
    """A bundle of the files in TREE, some of which are LINKS."""
    folders = {name[:at] for name in tree for at, letter in enumerate(name) if letter == "/"}
    entries = [entry(name, stat.S_IFLNK if name in links else stat.S_IFREG) for name in tree]
    entries += [entry(name, stat.S_IFDIR) for name in folders]
    return Bundle(entries, lambda path, limit: tree[path][:limit], archive)


def entry(path: str, kind: int) -> Any:
    return SimpleNamespace(path=path, mode=kind | 0o755)


def server(text: str, *problems: str, **options: Any) -> Case:
    """An AppSpec that begins in line 3."""
    return Case(SERVER + text, problems, options=options)


def script(members: str, *problems: str, **options: Any) -> Case:
    """A script of a hook, {location: a.sh} with MEMBERS, in line 5."""
    return server(f"hooks:\n  AfterInstall:\n    - {{location: a.sh, {members}}}\n", *problems, **options)


def permission(members: str, *problems: str, **options: Any) -> Case:
    """A permission with MEMBERS, in line 5, for something that is installed."""
    text = f"files: [{{source: a, destination: /o}}]\npermissions:\n  - {{object: /o, {members}}}\n"
    return server(text, *problems, **options)


READING = [
    Case("", ("empty :None",)),
    Case("# nothing\n", ("empty :None",)),
    Case("a: " + "x" * 140_000, ("too-large :None",)),
    Case("[" + "a," * 10_000 + "a]", ("too-large :1",)),
    Case("[" * 40, ("too-deep :1",)),
    Case("version: 0.0\n\tos: linux\n", ("yaml-syntax :2",)),
    Case("version: 0.0\nos: 'linux\n", ("yaml-syntax :2",)),
    Case("version: 0.0\nos: li\x00nux\n", ("yaml-syntax :2",)),
    Case("version: 0.0\nos: l\udcffnux\n", ("yaml-syntax :2",)),
    Case("\ufeff" + SERVER, ("yaml-byte-order-mark :1",)),
    Case("a: &x b\nc: *x\n", ("yaml-alias :2",)),
    Case("a: !thing b\n", ("yaml-tag :1",)),
    Case("? {a: b}\n: c\n", ("key-not-text :1",)),
    Case(SERVER + "---\nmore: true\n", ("yaml-documents :None",)),
    Case(SERVER + "...\n[", ("yaml-documents :None",)),
    server("when: 2020-01-01\n", "yaml-date when:3", "key-unknown when:3"),
    server("<<: {a: b}\n", "yaml-merge <<:3"),
    server("os: linux\n", "key-twice os:3"),
    server("a: :b\n", "yaml-symbol a:3", "key-unknown a:3"),
    Case("- a\n", ("mapping-expected :1",)),
    Case({"version": 0.0, "os": "linux", "hooks": "none"}, ("mapping-expected hooks:None",)),
    Case("{version: 0.0, os: linux}"),
]

SERVERS = [
    Case("os: linux\n", ("member-missing version:1",)),
    Case("version: '0.0'\nos: linux\n", ("version version:1",)),
    Case("version: 0x0\nos: linux\n", ("version-spelling version:1",)),
    Case("version: 0.0\nos: Linux\n", ("os os:2",)),
    Case("version: 0.0\nos: windows\n", options={"host_os": "windows"}),
    Case("version: 0.0\nos: windows\n"),
    Case("version: 0.0\nos: windows\n", ("os os:2",), options={"host_os": "linux"}),
    server("file_exists_behavior: retain\n", "file-exists-behavior file_exists_behavior:3"),
    server("Files: []\n", "key-unknown Files:3"),
    server("files: {a: b}\n", "list-expected files:3"),
    server("files: false\n", "list-false files:3"),
    server("files:\n  - a\n", "mapping-expected files[0]:4"),
    server("files:\n  - source: a\n", "member-missing files[0].destination:4"),
    server("files:\n  - {source: '', destination: /d}\n", "member-empty files[0].source:4"),
    server("files:\n  - {source: [a], destination: /d}\n", "text-expected files[0].source:4"),
    server(f"files:\n  - {{source: {'a' * 5000}, destination: /d}}\n", "text-too-long files[0].source:4"),
    server("files:\n  - {source: 1, destination: /d}\n", "text-not-number files[0].source:4"),
    server("files:\n  - {source: a/../../b, destination: /d}\n", "source-outside files[0].source:4"),
    server("files:\n  - {source: a, destination: opt/d}\n", "destination-relative files[0].destination:4"),
    server("files:\n  - {source: a, destination: '~/d'}\n", "destination-relative files[0].destination:4"),
    server("files:\n  - {source: a, destination: 'c:\\d'}\n", "destination-relative files[0].destination:4"),
    server("files:\n  - {source: a, destination: 'c:/d'}\n", "destination-relative files[0].destination:4"),
    Case("version: 0.0\nos: windows\nfiles:\n  - {source: \\a, destination: 'c:\\d'}\n"),
    server("hooks: []\n", "mapping-expected hooks:3"),
    server("hooks: false\n", "list-false hooks:3"),
    server("hooks:\n  AfterInstall:\n", "event-empty hooks.AfterInstall:4"),
    server("hooks:\n  AfterInstall: []\n", "event-empty hooks.AfterInstall:4"),
    server("hooks:\n  AfterInstall: {location: a}\n", "list-expected hooks.AfterInstall:4"),
    server("hooks:\n  AfterInstal:\n    - location: a\n", "event-unknown hooks.AfterInstal:4"),
    server("hooks:\n  Install:\n    - location: a\n", "event-reserved hooks.Install:4"),
    server("hooks:\n  AfterInstall:\n    - a.sh\n", "mapping-expected hooks.AfterInstall[0]:5"),
    server("hooks:\n  AfterInstall:\n    - timeout: 1\n", "member-missing hooks.AfterInstall[0].location:5"),
    server("hooks:\n  AfterInstall:\n    - location: ' '\n", "member-missing hooks.AfterInstall[0].location:5"),
    server("hooks:\n  AfterInstall:\n    - location: ../a\n", "location-outside hooks.AfterInstall[0].location:5"),
    server("hooks:\n  AfterInstall:\n    - location: a b\n", "location-characters hooks.AfterInstall[0].location:5"),
    script("timeout: 0", "timeout hooks.AfterInstall[0].timeout:5"),
    script("timeout: [1]", "timeout hooks.AfterInstall[0].timeout:5"),
    script("timeout: .nan", "timeout hooks.AfterInstall[0].timeout:5"),
    script("timeout: 45s", "timeout-spelling hooks.AfterInstall[0].timeout:5"),
    script("timeout: 0777", "timeout-spelling hooks.AfterInstall[0].timeout:5"),
    script("timeout: 3600"),
    script("timeout: 3601", "timeout-hour hooks.AfterInstall:4"),
    script("timeout: 9999999999", "timeout-hour hooks.AfterInstall:4", "timeout-spelling hooks.AfterInstall[0].timeout:5"),
    script("sudo: yes", "sudo hooks.AfterInstall[0].sudo:5"),
    script("sudo: 'false'", "sudo hooks.AfterInstall[0].sudo:5"),
    script("sudo: True, runas: 1000"),
    script("runas: ' '", "runas-blank hooks.AfterInstall[0].runas:5"),
    script("runas: bob", "runas-unknown hooks.AfterInstall[0].runas:5", host_users=["root"]),
    script("runas: 1000", host_users=["root"]),
    script("runas: root", host_users=["root"]),
    script("args: x", "key-unknown hooks.AfterInstall[0].args:5"),
]  # fmt: skip

_ACL = "permissions[0].acls[0]:5"
_RANGE = "permissions[0].context.range:5"
PERMISSIONS = [
    Case("version: 0.0\nos: windows\npermissions: [{object: a}]\n", ("permissions-windows permissions:3",)),
    server("permissions:\n  - mode: '644'\n", "member-missing permissions[0].object:4"),
    server("permissions:\n  - object: /etc\n", "permission-unused permissions[0]:4"),
    permission("type: file", "list-expected permissions[0].type:5"),
    permission("type: [files]", "permission-type permissions[0].type[0]:5"),
    permission("type: false", "list-false permissions[0].type:5"),
    permission("except: [1]", "text-not-number permissions[0].except[0]:5"),
    permission("owner: 1000", "text-not-number permissions[0].owner:5"),
    permission("owner: bob", "owner-unknown permissions[0].owner:5", host_users=["root"]),
    permission("group: staff", "group-unknown permissions[0].group:5", host_groups=["bob"]),
    permission("owner: root, group: '50'", host_users=["root"], host_groups=[]),
    permission("owner: '', group: ", host_users=[], host_groups=[]),
    permission("pattern: '[ab]*'", "pattern-characters permissions[0].pattern:5"),
    permission("mode: 888", "mode permissions[0].mode:5"),
    permission("mode: [6]", "mode permissions[0].mode:5"),
    permission("mode: 0755", "mode-leading-zero permissions[0].mode:5"),
    permission("mode: 1_0", "mode-spelling permissions[0].mode:5"),
    permission("mode: 0644", "mode-read-differently permissions[0].mode:5"),
    permission("mode: '0644'"),
    permission("mode: 644"),
    permission("acls: u:bob:rw", "list-expected permissions[0].acls:5"),
    permission("acls: ['u:bob:rwz']", f"acl {_ACL}"),
    permission("acls: [7]", f"acl {_ACL}"),
    permission("acls: ['m:bob:rw']", f"acl {_ACL}"),
    permission("acls: ['g::r']", f"acl-base {_ACL}"),
    permission("acls: ['o:r']", f"acl-base {_ACL}"),
    permission("acls: ['bob:rw']", f"acl-short {_ACL}"),
    permission("acls: ['m:rw']", f"acl-short {_ACL}"),
    permission("acls: ['d:rw']", f"acl-short {_ACL}"),
    permission("acls: ['u:m:rw']", f"acl-name {_ACL}"),
    permission("acls: ['d:o::r', 'mask::7', 'default:group:staff:']"),
    permission("context: httpd_t", "mapping-expected permissions[0].context:5"),
    permission("context: {range: s0}", "member-missing permissions[0].context.type:5"),
    permission("context: {type: t}", "context-range-missing permissions[0].context:5"),
    permission("context: {user: u, type: t, range: s0}", "key-unknown permissions[0].context.user:5"),
    permission("context: {type: t, range: 's0:c3.c1'}", f"context-range {_RANGE}"),
    permission("context: {type: t, range: 's0:c1,c1'}", f"context-range {_RANGE}"),
    permission("context: {type: t, range: 's1-s0'}", f"context-range {_RANGE}"),
    permission("context: {type: t, range: 's0-s255:c0.c1023'}"),
    permission("context: {type: t, range: 's0:c0,'}", f"context-range-spelling {_RANGE}"),
    permission("context: {type: t, range: s256}", f"context-range-spelling {_RANGE}"),
    permission("context: {name: u, type: t, range: 's0-s3:c0.c3,c7'}"),
]

HOOK = "hooks: {AfterInstall: [{location: bin/a.sh}]}\n"
COPY = "files: [{source: a, destination: /o}]\n"
APP = {"appspec.yml": b"", "bin/a.sh": SHELL, "a/x": b"", "a/sub/y": b"", "b/x": b""}
_FILE = COPY + "permissions: [{object: /o/x, %s}]\n"


def bundled(text: str, tree: Mapping[str, bytes], *problems: str, **options: Any) -> Case:
    """An AppSpec that begins in line 3, with the bundle around it."""
    return Case(SERVER + text, problems, tree, options)


def windows(tree: Mapping[str, bytes], *problems: str, **options: Any) -> Case:
    """A bundle of TREE for hosts with Windows."""
    return Case("version: 0.0\nos: windows\n", problems, {"appspec.yml": b"", **tree}, options)


WINDOWS_REFUSES = (
    "CON", "con", "prn.txt", "aux.tar.gz", "NUL.txt", "nul .txt", "COM1", "lpt9.log", "COM¹", "CONIN$", "bin/AUX/a.ps1", "a:b", "a<b", "a>b",
    'a"b', "a|b", "a?b", "a*b", "a\\b", "a\tb", "dot.", "space ", "dir./file", "...",
)  # fmt: skip
WINDOWS_TAKES = (
    "CONFIG",
    "console.log",
    "a.con",
    "COM10",
    "COM",
    "nullable",
    ".gitignore",
    "a b",
    " a",
    "a..b",
    "ä",
    "a;1",
    "{a}",
    "auxiliary/prn2",
)

BUNDLES = [
    bundled(HOOK + COPY, APP),
    bundled("", {"appspec.yaml": b""}, "appspec-yaml :None"),
    bundled("", {"other/appspec.yml": b""}, "appspec-missing :None"),
    bundled("", {"appspec.yml": b"", "appspec.yaml": b""}, "appspec-twice :None"),
    Case("version: 0.0\nos: windows\n", ("windows-archive os:None",), APP, {"archive": "tgz"}),
    Case("version: 0.0\nos: windows\n", (), APP, {"archive": "zip"}),
    bundled("", {**APP, "now": b"bin"}, "zip-link :None", archive="zip", links=("now",)),
    bundled("", {**APP, "now": b"bin"}, archive="tgz", links=("now",)),
    windows({"bin/now": b"a"}, "windows-link :None", links=("bin/now",)),
    windows({"A": b"", "a": b""}, "windows-case :None"),
    windows({"Lib/x": b"", "lib/y": b""}, "windows-case :None"),
    windows({"straße": b"", "strasse": b"", "STRASSE.txt": b"", "ﬁ": b"", "fi": b""}),
    windows({"x" * 158: b""}),
    windows({"x/" * 79 + "y": b""}, "windows-path-long :None"),
    *(windows({name: b""}, "windows-name :None") for name in WINDOWS_REFUSES),
    *(windows({name: b""}) for name in WINDOWS_TAKES),
    windows({f"{at}?": b"" for at in range(50)}, *["windows-name :None"] * 10),
    bundled("", {"appspec.yml": b"", **dict.fromkeys([*WINDOWS_REFUSES, "A", "a"], b"")}),
    bundled("files: [{source: c, destination: /o}]\n", APP, "source-missing files[0].source:3"),
    bundled("files: [{source: ../a, destination: /o}]\n", APP, "source-outside files[0].source:3"),
    bundled("files: [{source: /, destination: /o}, {source: a, destination: /o/a}]\n", APP,
            "files-collide files[1].destination:3", "files-collide files[1].destination:3"),
    bundled("files: [{source: a/x, destination: /o}, {source: a, destination: /o/x}]\n", APP,
            "files-collide files[0].destination:3"),
    bundled("files: [{source: a/x, destination: /o/x}]\n", APP, "destination-is-file files[0].destination:3"),
    bundled(_FILE % "pattern: '*'", APP, "permission-pattern permissions[0]:4"),
    bundled(_FILE % "acls: ['d:u:bob:r']", APP, "permission-default-acl permissions[0]:4"),
    bundled(_FILE % "type: [directory]", APP, "permission-unused permissions[0]:4"),
    bundled(_FILE % "mode: '1'}, {object: /o, mode: '2'", APP, "permission-twice permissions[1]:4"),
    bundled("files: [{source: a/x, destination: /o/d}]\npermissions: [{object: /o, type: [directory], pattern: d},"
            "{object: /o, type: [directory], pattern: '*'}]\n", APP, "permission-twice permissions[1]:4"),
    bundled("files: [{source: b, destination: /var/www/b}]\npermissions: [{object: /var, type: [directory], pattern: w*},"
            "{object: /var, type: [directory], pattern: www}]\n", APP),
    bundled(COPY + "permissions: [{object: /o, pattern: 'y'}]\n", APP, "permission-unused permissions[0]:4"),
    bundled(COPY + "permissions: [{object: /o/sub, pattern: 'y*', except: ['*z']}]\n", APP),
    bundled(f"files: [{', '.join(f'{{source: ., destination: /{at}}}' for at in range(6))}]\n",
            {"appspec.yml": b"", **{f"{at}": b"" for at in range(100_000)}}, "files-too-many files:None"),
    bundled(HOOK, {"appspec.yml": b"", "lib/a.sh": SHELL}, "script-missing hooks.AfterInstall[0].location:3"),
    bundled(HOOK, {"appspec.yml": b"", "bin/a.sh/b": SHELL}, "script-missing hooks.AfterInstall[0].location:3"),
    bundled(HOOK, {**APP, "bin/a.sh": b"#!/bin/sh\r\ntrue\r\n"}, "script-line-ends hooks.AfterInstall[0].location:3"),
    bundled(HOOK, {**APP, "bin/a.sh": b"#!/bin/sh\ntrue\r\n"}, "script-mixed-line-ends hooks.AfterInstall[0].location:3"),
    bundled(HOOK, {**APP, "bin/a.sh": b"true\n"}, "script-interpreter hooks.AfterInstall[0].location:3"),
    bundled(HOOK, {**APP, "bin/a.sh": b"\xef\xbb\xbf#!/bin/sh\n"}, "script-interpreter hooks.AfterInstall[0].location:3"),
    bundled(HOOK, {**APP, "bin/a.sh": b"\x7fELF\r\n"}),
    Case("version: 0.0\nos: windows\nhooks: {AfterInstall: [{location: \\Bin\\A.ps1}]}\n", (),
         {"appspec.yml": b"", "bin/a.ps1": b"dir\r\n"}),
    Case("version: 0.0\nos: windows\nfiles: [{source: A, destination: 'C:\\o'}, {source: b, destination: c:/O}]\n",
         ("files-collide files[1].destination:3",), APP),
    Case(SERVER + "hooks: {AfterInstall: [{location: now/a.sh}]}\nfiles: [{source: now/b, destination: /o}]\n", (),
         {**APP, "now": b"bin"}, {"links": ("now",)}),
]  # fmt: skip
