# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `agent` and the folders of a host whose users do not mean well: what is given to the agent's user, refused, and removed."""

from __future__ import annotations

import json
import os
import pathlib
import pwd
import subprocess
import sys
import typing as t

import pytest

from e2e.playbooks import ANSIBLE_PLAYBOOK, playbook_environment, without_colours
from unit.roles.rendered_role import ROLE
from unit.roles.test_agent_programs import program

pytestmark = pytest.mark.needs("root")

folders = program("folders")
AGENT, OTHER = pwd.getpwnam("nobody"), pwd.getpwnam("daemon")


@pytest.fixture
def elsewhere(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder of root's, with a file."""
    folder = tmp_path / "elsewhere"
    (folder / "inner").mkdir(parents=True)
    (folder / "secret").write_text("secret")
    return folder


@pytest.fixture
def own(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder of the agent, with a file and a folder that its user has made, and a file of root's."""
    folder = tmp_path / "own"
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/of root").write_text("1")
    for path in (folder, folder / "a"):
        os.chown(path, AGENT.pw_uid, 0)
    return folder


def owners(folder: pathlib.Path) -> set[int]:
    """Who owns what is in FOLDER, and FOLDER itself."""
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


def give(*paths: pathlib.Path, pretend: bool = False) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", folders.give(AGENT.pw_name, [str(path) for path in paths], pretend))


def test_folders_are_made_and_given_to_the_user_with_all_that_is_in_them(own: pathlib.Path) -> None:
    new = own.parent / "new/inner"
    assert give(own, new, pretend=True)["changed"] == 3
    assert not new.exists()
    assert (own / "a/b").stat().st_uid == 0
    assert give(own, new) == {"changed": 3, "left": []}
    assert owners(own) == owners(new) == {AGENT.pw_uid}
    assert new.parent.stat().st_uid == 0
    assert give(own, new)["changed"] == 0


def test_what_links_lead_to_keeps_its_owner(own: pathlib.Path, elsewhere: pathlib.Path) -> None:
    (own / "file").symlink_to(elsewhere / "secret")
    (own / "a/folder").symlink_to(elsewhere)
    (own / "a/up").symlink_to("..")
    (own / "a/b/hard").hardlink_to(elsewhere / "secret")
    os.mkfifo(own / "pipe")
    assert give(own)["left"] == [str(own / "a/b/hard")]
    assert owners(elsewhere) == {0}
    assert (own / "a/of root").stat().st_uid == AGENT.pw_uid


@pytest.mark.parametrize("victim", ["of root", "b"])
def test_what_is_swapped_for_a_link_while_root_looks_keeps_its_owner(
    victim: str, own: pathlib.Path, elsewhere: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent's user is as quick as can be: right after root has seen what is there."""
    real = os.stat

    def stat(name: t.Any, **options: t.Any) -> os.stat_result:
        found = real(name, **options)
        if name == victim:
            (own / "a" / victim).rename(own / "aside")
            (own / "a" / victim).symlink_to(elsewhere / ("secret" if victim == "of root" else "inner"))
        return found

    monkeypatch.setattr(os, "stat", stat)
    give(own)
    assert (own / "a" / victim).is_symlink()
    assert owners(elsewhere) == {0}


def test_a_tree_that_is_deeper_than_a_path_can_be_is_given_and_removed(own: pathlib.Path) -> None:
    level = os.open(own, os.O_RDONLY)
    for _number in range(600):
        os.mkdir("a-long-name", dir_fd=level)
        level, above = os.open("a-long-name", os.O_RDONLY, dir_fd=level), level
        os.close(above)
    os.close(level)
    assert give(own)["changed"] > 600
    folders.remove([str(own)], False)
    assert not own.exists()


def refusal(
    path: pathlib.Path | str, file: bool = False, user: str = AGENT.pw_name, configuration: str = "/none"
) -> str:
    """What is said against PATH, a folder for USER, or a file of root's."""
    paths = {"option": str(path)}
    found = folders.look(user, configuration, {} if file else paths, paths if file else {})
    return " ".join(found["problems"])


def test_good_paths_are_not_refused(own: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "by root").symlink_to("own")
    for path in (own, own / "a", own / "new/inner", tmp_path / "by root/a", f"/{own}//a/"):
        assert refusal(path) == ""
    assert refusal(tmp_path / "identity.yml", file=True) == ""
    assert folders.look(AGENT.pw_name, "/none", {"option": str(own)}, {})["foreign"]
    assert not folders.look("root", "/none", {"option": str(tmp_path)}, {})["foreign"]


def test_paths_that_others_can_turn_elsewhere_are_refused(
    own: pathlib.Path, elsewhere: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    theirs, anyone = tmp_path / "theirs", tmp_path / "anyone"
    for folder, mode in ((theirs, 0o755), (anyone, 0o777)):
        (folder / "x").mkdir(parents=True)
        folder.chmod(mode)
        (folder / "link").symlink_to(elsewhere)
    os.chown(theirs, OTHER.pw_uid, 0)
    (own / "link").symlink_to(elsewhere)
    (tmp_path / "of another").symlink_to(elsewhere)
    os.lchown(tmp_path / "of another", OTHER.pw_uid, 0)
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "end").symlink_to("elsewhere")
    (tmp_path / "home").mkdir()
    refused = {
        theirs: "it belongs to daemon",
        theirs / "x": f"it is in {theirs}, and daemon",
        anyone / "x": f"it is in {anyone}, and every user can write",
        anyone / "link/x": f"{anyone}/link is a link in a directory that every user",
        own / "link/x": f"{own}/link is a link that nobody may have created",
        tmp_path / "of another/x": "of another is a link that daemon may have created",
        tmp_path / "round/x": "round is part of a loop of links",
        tmp_path / "end": "it is a link to elsewhere",
        f"{tmp_path}/end/": "it is a link to elsewhere",
        elsewhere / "secret": "it is not a directory",
        elsewhere / "secret/x": f"{elsewhere}/secret is a link or a file",
        "/root": "it is or contains the home directory of root",
    }
    for path, said in refused.items():
        assert said in refusal(path), path
    assert f"it is in {own}, and nobody, who owns" in refusal(own / "identity.yml", file=True)
    # Who only wants to remove it needs no owners, but neither goes through a link.
    assert refusal(theirs / "x", user="") == ""
    assert "is a link" in refusal(own / "link/x", user="")


def test_a_change_of_user_that_was_broken_off_can_go_on(own: pathlib.Path, tmp_path: pathlib.Path) -> None:
    configuration = tmp_path / "codedeployagent.yml"
    configuration.touch()
    os.chown(configuration, AGENT.pw_uid, 0)
    assert "belongs to nobody" in refusal(own, user=OTHER.pw_name)
    assert refusal(own, user=OTHER.pw_name, configuration=str(configuration)) == ""


def test_of_a_link_the_link_is_removed(own: pathlib.Path, elsewhere: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "logs").symlink_to(elsewhere)
    (own / "a/link").symlink_to(elsewhere)
    paths = [f"{tmp_path}/logs/", f"{own}//", str(tmp_path / "none"), str(tmp_path / "none/inner")]
    assert folders.remove(paths, True) == {"changed": 2, "removed": paths[:2]}
    assert (tmp_path / "logs").is_symlink()
    assert folders.remove(paths, False)["changed"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere"]
    assert sorted(path.name for path in elsewhere.iterdir()) == ["inner", "secret"]


def test_nothing_is_removed_where_a_way_is_refused(own: pathlib.Path, elsewhere: pathlib.Path) -> None:
    (own / "link").symlink_to(elsewhere)
    with pytest.raises(folders.Refused, match="nobody may have created"):
        folders.remove([str(own / "a"), str(own / "link/inner")], False)
    assert (own / "a").is_dir()
    assert (elsewhere / "inner").is_dir()


def run_role(place: pathlib.Path, steps: dict[str, str]) -> str:
    """What is said while tasks of the role run on this machine, with all their places in PLACE: the files of STEPS, each with its log_dir."""
    etc, python = place / "etc", sys.executable
    etc.mkdir()
    variables = {
        "ansible_python_interpreter": python,
        "ansible_facts": {"python": {"executable": python}, "os_family": "Debian", "architecture": "x86_64"},
        "agent_user": AGENT.pw_name,
        "agent_log_rotation": {},
        "agent_region": "us-east-1",
        "agent_deployment_wait": 0,
        "agent_purge": True,
        "__agent_verb": "configure",
        "__agent_query": {"stdout": ""},
        "__agent_look": {"stdout": "0 0 offline"},
        "__agent_home": str(place / "home"),
        "__agent_configuration_folder": str(etc / "agent/conf"),
        "__agent_drop_in": str(etc / "units/slipway.conf"),
        "__agent_log_rotation_file": str(etc / "rotation"),
        "__agent_renewal_script": str(place / "lib/none.py"),
        "__agent_download_folder": str(place / "cache"),
    }
    folders = {name: f"{place}/own/{name}" for name in ("pid_dir", "root_dir")}
    tasks = [
        {
            "ansible.builtin.include_role": {"name": "slipway.codedeploy.agent", "tasks_from": name},
            "vars": {"agent_configuration": {**folders, "log_dir": log_dir}},
        }
        for name, log_dir in steps.items()
    ]
    files = [str(ROLE / "vars/linux.yml"), str(ROLE / "vars/debian.yml")]
    play = {"hosts": "localhost", "gather_facts": False, "vars_files": files, "tasks": tasks}
    (place / "play.yml").write_text(json.dumps([play]))
    (place / "ansible.cfg").touch()
    ended = subprocess.run(
        [ANSIBLE_PLAYBOOK, "-i", "localhost,", "-c", "local", "-e", json.dumps(variables), place / "play.yml"],
        env={**playbook_environment({}, place), "ANSIBLE_PIPELINING": "True"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return without_colours(ended.stdout)


def test_the_role_itself_follows_no_link(own: pathlib.Path, elsewhere: pathlib.Path, tmp_path: pathlib.Path) -> None:
    logs, link = own / "our logs", tmp_path / "logs"
    logs.mkdir()
    (logs / "link").symlink_to(elsewhere / "secret")
    link.symlink_to(elsewhere)
    said = run_role(
        tmp_path, {"linux/preflight": f"{logs}/", "linux/configure": f"{logs}/", "linux/remove": f"{link}/"}
    )
    assert "failed=0" in said, said
    assert (logs.stat().st_uid, (logs / "link").lstat().st_uid) == (AGENT.pw_uid, 0)
    assert owners(elsewhere) == {0}
    assert not link.is_symlink()
    assert sorted(path.name for path in elsewhere.iterdir()) == ["inner", "secret"]
    assert [path.name for path in (tmp_path / "etc").iterdir()] == []
