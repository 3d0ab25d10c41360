# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install: files, what exists already, cleanup, permissions, and AppSpecs that want to write where they must not."""

from __future__ import annotations

import grp
import json
import os
import pwd
import stat
from pathlib import Path

import pytest

from emulator.hosts.agent.appspec import appspec_from_text
from emulator.hosts.agent.containment import OutsideError
from emulator.hosts.agent.install import install
from emulator.hosts.agent.instructions import InstallError
from emulator.hosts.agent.layout import Layout
from emulator.tests.agent.bundles import APPSPEC

AS_ROOT = pytest.mark.needs("root")


class Site:
    """A host root, an agent's layout and revisions to install, one after the other."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "root"
        self.root.mkdir()
        self.outside = directory / "outside"
        self.outside.mkdir()
        (self.outside / "victim").write_text("untouched", encoding="utf-8")
        self.layout = Layout(directory / "deployment-root", "ongoing-deployment")
        self._directory, self._revisions = directory, 0

    def revision(self, **files: str) -> Path:
        """An unpacked revision of these files."""
        self._revisions += 1
        archive = self._directory / f"revision-{self._revisions}"
        archive.mkdir()
        for name, content in files.items():
            (archive / name).write_text(content, encoding="utf-8")
        return archive

    def install(self, appspec: str, archive: Path, behavior: str = "DISALLOW", group: str = "group") -> None:
        install(appspec_from_text(APPSPEC + appspec), archive, group, self.layout, self.root, behavior)

    def files(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.root)): path.read_text(encoding="utf-8")
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def copy_to(destination: str, source: str = "/") -> str:
    return f"files: [{{source: {source}, destination: {destination}}}]\n"


def test_paths_stand_below_the_host_root_and_modes_and_links_are_kept(site: Site) -> None:
    archive = site.revision(a="1")
    (archive / "a").chmod(0o604)
    (archive / "link").symlink_to("a")
    site.install(copy_to("/opt/shop"), archive)
    assert stat.S_IMODE((site.root / "opt/shop/a").stat().st_mode) == 0o604
    assert (site.root / "opt/shop/link").readlink() == Path("a")


@pytest.mark.parametrize(
    ("behavior", "appspec", "expected"),
    [
        ("OVERWRITE", "", "new"),
        ("RETAIN", "", "old"),
        ("DISALLOW", "file_exists_behavior: OVERWRITE\n", "new"),
        ("OVERWRITE", "file_exists_behavior: RETAIN\n", "old"),
    ],
)
def test_a_file_that_exists_is_treated_as_asked_and_the_appspec_wins(
    behavior: str, appspec: str, expected: str, site: Site
) -> None:
    (site.root / "a").write_text("old", encoding="utf-8")
    site.install(appspec + copy_to("/"), site.revision(a="new"), behavior)
    assert site.files() == {"a": expected}


@pytest.mark.parametrize(("behavior", "appspec"), [("DISALLOW", ""), ("OVERWRITE", "file_exists_behavior: DISALLOW\n")])
def test_a_file_that_exists_stops_a_deployment_that_does_not_allow_it(behavior: str, appspec: str, site: Site) -> None:
    (site.root / "a").write_text("old", encoding="utf-8")
    with pytest.raises(InstallError, match="a specified file already exists at this location"):
        site.install(appspec + copy_to("/"), site.revision(a="new"), behavior)
    assert site.files() == {"a": "old"}


def test_an_unknown_behavior_is_named(site: Site) -> None:
    (site.root / "a").write_text("old", encoding="utf-8")
    with pytest.raises(InstallError, match=r"fileExistsBehavior: NOPE\. Valid options"):
        site.install(copy_to("/"), site.revision(a="new"), "NOPE")


def test_the_groups_previous_files_go_before_the_new_ones_come(site: Site) -> None:
    site.install(copy_to("/opt/shop"), site.revision(a="1", b="1"))
    (site.root / "opt/shop/data").write_text("made by the application", encoding="utf-8")
    site.install(copy_to("/opt/shop"), site.revision(b="2", c="2"))
    assert site.files() == {"opt/shop/b": "2", "opt/shop/c": "2", "opt/shop/data": "made by the application"}
    site.install("", site.revision())
    assert site.files() == {"opt/shop/data": "made by the application"}


def test_directories_that_an_install_made_go_with_it(site: Site) -> None:
    site.install(copy_to("/opt/shop/deep"), site.revision(a="1"))
    site.install("", site.revision())
    assert list(site.root.iterdir()) == []


def test_another_groups_files_stand_in_the_way(site: Site) -> None:
    site.install(copy_to("/opt"), site.revision(a="1"))
    with pytest.raises(InstallError, match="already exists"):
        site.install(copy_to("/opt"), site.revision(a="2"), group="another")


def test_a_failed_install_is_cleaned_up_by_the_next_one(site: Site) -> None:
    with pytest.raises(FileNotFoundError):
        site.install(
            "files:\n- {source: a, destination: /opt}\n- {source: missing, destination: /opt}\n", site.revision(a="1")
        )
    assert site.files() == {"opt/a": "1"}
    site.install(copy_to("/opt"), site.revision(a="2"))
    assert site.files() == {"opt/a": "2"}


def test_half_a_line_of_a_cleanup_file_is_not_believed(site: Site) -> None:
    site.install(copy_to("/"), site.revision(ab="1"))
    (site.root / "a").write_text("not ours", encoding="utf-8")
    cleanup = site.layout.cleanup_file("group")
    cleanup.write_text(f"{site.root}/ab\n{site.root}/a", encoding="utf-8")
    site.install("", site.revision())
    assert site.files() == {"a": "not ours"}


def test_the_instruction_file_tells_what_was_done(site: Site) -> None:
    archive = site.revision(a="1")
    site.install(copy_to("/opt") + "permissions: [{object: /opt, mode: 600}]\n", archive)
    assert json.loads(site.layout.install_file("group").read_text(encoding="utf-8")) == {
        "instructions": [
            {"type": "mkdir", "directory": f"{site.root}/opt"},
            {"type": "copy", "source": f"{archive}/a", "destination": f"{site.root}/opt/a"},
            {"type": "chmod", "mode": "600", "file": f"{site.root}/opt/a"},
        ]
    }


@AS_ROOT
def test_mode_owner_and_group_are_set(site: Site) -> None:
    permission = "{object: /opt, pattern: '*.sh', mode: '4750', owner: nobody, group: nogroup, type: [file]}"
    site.install(copy_to("/opt") + f"permissions: [{permission}]\n", site.revision(**{"a.sh": "1", "b": "1"}))
    status = (site.root / "opt/a.sh").stat()
    assert (pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid).gr_name) == ("nobody", "nogroup")
    assert (site.root / "opt/b").stat().st_uid == 0


def test_modes_are_given_to_files_and_directories_apart(site: Site) -> None:
    archive = site.revision(a="1")
    (archive / "sub").mkdir()
    (archive / "sub" / "b").write_text("1", encoding="utf-8")
    permissions = (
        "permissions:\n- {object: /opt, mode: 640, type: [file]}\n- {object: /opt, mode: 750, type: [directory]}\n"
    )
    site.install(copy_to("/opt") + permissions, archive)
    modes = {name: stat.S_IMODE((site.root / "opt" / name).stat().st_mode) for name in ("a", "sub", "sub/b")}
    assert modes == {"a": 0o640, "sub": 0o750, "sub/b": 0o640}


@pytest.mark.parametrize("owner", ["no-such-user", "1000"])
def test_an_owner_must_be_a_name_of_this_host(owner: str, site: Site) -> None:
    with pytest.raises(InstallError, match="does not exist on this host"):
        site.install(copy_to("/opt") + f"permissions: [{{object: /opt/a, owner: {owner}}}]\n", site.revision(a="1"))


def put_tool(directory: Path, name: str, text: str) -> None:
    tool = directory / name
    tool.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    tool.chmod(0o755)


def test_acls_and_contexts_are_the_hosts_tools_business(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("setfacl", "semanage", "restorecon"):
        put_tool(tmp_path, name, f'echo {name} "$@" >> {tmp_path}/calls')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    archive = site.revision(a="1")
    (archive / "a").chmod(0o640)
    site.install(
        copy_to("/opt") + "permissions: [{object: /opt/a, acls: ['u:bob:rw'], context: {type: httpd_t, range: s0}}]\n",
        archive,
    )
    site.install("", site.revision())
    file = f"{site.root}/opt/a"
    assert (tmp_path / "calls").read_text(encoding="utf-8").splitlines() == [
        f"setfacl --set user:bob:rw-,user::rw-,group::r--,other::---,mask::r-- {file}",
        f"semanage fcontext -a -t httpd_t -r s0 {file}",
        f"restorecon -v {file}",
        f"semanage fcontext -d {file}",
    ]


@pytest.mark.parametrize(
    ("permission", "tool"),
    [("acls: ['u:bob:rw']", "setfacl --set"), ("context: {type: httpd_t, range: s0}", "semanage fcontext -a")],
)
def test_a_missing_tool_is_named(
    permission: str, tool: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InstallError, match=f"Failed command: {tool}.*not installed"):
        site.install(copy_to("/opt") + f"permissions: [{{object: /opt/a, {permission}}}]\n", site.revision(a="1"))


# What an AppSpec or a revision must not reach: the directory `outside` beside the host root.


def test_a_destination_cannot_climb_out_of_the_host_root(site: Site) -> None:
    site.install(
        copy_to("/../../outside") + "permissions: [{object: /../outside/a, mode: 600}]\n", site.revision(a="1")
    )
    assert site.files() == {"outside/a": "1"}
    assert stat.S_IMODE((site.root / "outside/a").stat().st_mode) == 0o600
    assert [path.name for path in site.outside.iterdir()] == ["victim"]


@pytest.mark.parametrize("source", ["../outside/victim", "..", "link/victim", "a/../../outside"])
def test_a_source_must_be_in_the_revision(source: str, site: Site) -> None:
    archive = site.revision(a="1")
    (archive / "link").symlink_to(site.outside)
    with pytest.raises(OutsideError):
        site.install(copy_to("/opt", source), archive)
    assert site.files() == {}


def test_nothing_is_written_through_a_link_that_stands_on_the_host(site: Site) -> None:
    (site.root / "out").symlink_to(site.outside)
    archive = site.revision(a="1")
    (archive / "link").symlink_to("a")
    for appspec in (copy_to("/out", "a"), copy_to("/out", "link"), copy_to("/out/deeper")):
        with pytest.raises(OutsideError):
            site.install(appspec, archive)
    assert [path.name for path in site.outside.iterdir()] == ["victim"]


def test_nothing_is_written_through_a_link_that_the_revision_brings(site: Site) -> None:
    archive = site.revision(a="1")
    (archive / "out").symlink_to(site.outside)
    through_it = "- {source: a, destination: /opt/out}\n"
    with pytest.raises(InstallError, match="would be a directory and a copy"):
        site.install("files:\n- {source: out, destination: /opt}\n" + through_it, archive)
    site.install(copy_to("/opt", "out"), archive)
    for appspec in ("files:\n" + through_it, copy_to("/opt/out/in")):
        with pytest.raises(OutsideError):
            site.install(appspec, site.revision(a="1"), group="another")
    with pytest.raises(OutsideError):
        site.install(copy_to("/opt/out/in"), site.revision(a="1"), group="another")
    assert [path.name for path in site.outside.iterdir()] == ["victim"]


@pytest.mark.parametrize("behavior", ["OVERWRITE", "DISALLOW"])
def test_a_link_in_a_files_place_is_not_followed_out(behavior: str, site: Site) -> None:
    (site.root / "victim").symlink_to(site.outside / "victim")
    (site.root / "dangling").symlink_to(site.outside / "new")
    with pytest.raises((OutsideError, InstallError)):
        site.install(copy_to("/"), site.revision(victim="owned"), behavior)
    with pytest.raises(OutsideError):
        site.install(copy_to("/"), site.revision(dangling="owned"), behavior)
    assert {path.name: path.read_text(encoding="utf-8") for path in site.outside.iterdir()} == {"victim": "untouched"}


@pytest.mark.parametrize("permission", ["mode: 777", "owner: nobody", "acls: ['u:nobody:rwx']"])
def test_permissions_are_not_given_through_a_link_out(permission: str, site: Site) -> None:
    archive = site.revision()
    (archive / "victim").symlink_to(site.outside / "victim")
    before = (site.outside / "victim").stat()
    with pytest.raises(OutsideError):
        site.install(copy_to("/opt") + f"permissions: [{{object: /opt/victim, {permission}}}]\n", archive)
    after = (site.outside / "victim").stat()
    assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)


def test_cleanup_removes_nothing_through_a_link_out(site: Site) -> None:
    site.install(copy_to("/opt"), site.revision(victim="1"))
    (site.root / "opt/victim").unlink()
    (site.root / "opt").rmdir()
    (site.root / "opt").symlink_to(site.outside)
    with pytest.raises(OutsideError):
        site.install("", site.revision())
    assert (site.outside / "victim").exists()


def test_a_name_of_two_lines_cannot_smuggle_a_path_into_the_cleanup(site: Site) -> None:
    archive = site.revision()
    (archive / "x\n").mkdir()
    (archive / "x\n" / "victim").write_text("1", encoding="utf-8")
    with pytest.raises(InstallError, match="line break"):
        site.install(copy_to("/opt"), archive)
    assert site.files() == {}
