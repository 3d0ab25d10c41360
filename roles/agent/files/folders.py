# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: PTH110, PTH118, PTH208
"""`folders.py VERB JSON`: inspect the agent's directories and files, give them to its user, or remove them, safe from concurrent changes.

The agent's user owns the directories, and may create a link there, or replace a directory with one, at any moment. So each directory of a path is opened
relative to its parent and never looked up by its name again, and owners are changed through open descriptors. A link is followed only in the parents of a
path, and only if nobody except root can have created it: the link and its directory belong to root.
"""

from __future__ import annotations

import errno
import grp
import json
import os
import pwd
import stat
import subprocess
import sys
import typing as t

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OPEN_FOLDER = _OPEN | os.O_DIRECTORY
_MOST_LINKS = 40  # as Linux itself allows
_MOST_SHOWN = 20
# Errors of opening something that is not a directory, and something that was replaced after it was seen.
_NO_FOLDER = (errno.ENOTDIR, errno.ELOOP)
_REPLACED = (errno.ENOENT, errno.ELOOP, errno.ENXIO)


class Refused(Exception):
    """A path that is not safe to use; the message is the reason."""


class Way(t.NamedTuple):
    """A resolved path: its last existing parent directory, open; the remaining names; and all parents that were passed."""

    folder: int
    names: list[str]
    passed: list[tuple[str, os.stat_result]]


def parts(path: str) -> list[str]:
    """The components of PATH."""
    return [name for name in path.split("/") if name not in ("", ".")]


def find_way(path: str) -> Way:
    """Open the parent directories of PATH, an absolute path. Raises Refused."""
    names, folder, where, links = parts(path), os.open("/", _OPEN_FOLDER), "/", 0
    if not names:
        raise Refused("it is the root directory")
    passed = [(where, os.fstat(folder))]
    while len(names) > 1:
        try:
            found = os.stat(names[0], dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            break
        name = names.pop(0)
        if stat.S_ISLNK(found.st_mode):
            links += 1
            check_link(os.path.join(where, name), found, passed[-1][1], links)
            target = os.readlink(name, dir_fd=folder)
            names = parts(target) + names
            if not target.startswith("/"):
                continue
            name, where = "/", ""
        above, folder = folder, open_folder(name, folder, where)
        os.close(above)
        where = os.path.normpath(os.path.join(where, name))
        passed.append((where, os.fstat(folder)))
    return Way(folder, names, passed)


def check_link(where: str, link: os.stat_result, folder: os.stat_result, links: int) -> None:
    """Raise Refused unless only root can have created the LINK at WHERE in FOLDER."""
    for owner in (link.st_uid, folder.st_uid):
        if owner != 0:
            raise Refused(f"{where} is a link that {user_name(owner)} may have created")
    if anyone_can_replace(folder):
        raise Refused(f"{where} is a link in a directory that every user can write to")
    if links > _MOST_LINKS:
        raise Refused(f"{where} is part of a loop of links")


def open_folder(name: str, folder: int, where: str) -> int:
    """Open the directory NAME in FOLDER, which is WHERE. Raises Refused if it is something else."""
    try:
        return os.open(name, _OPEN_FOLDER, dir_fd=folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER:
            raise
        raise Refused(f"{os.path.join(where, name)} is a link or a file, not a directory") from None


def anyone_can_replace(folder: os.stat_result) -> bool:
    """Whether every user can replace the entries of FOLDER."""
    return bool(folder.st_mode & stat.S_IWOTH) and not folder.st_mode & stat.S_ISVTX


def user_name(uid: int) -> str:
    """The name of the user UID, or UID if it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def check_owners(way: Way, owners: set[int]) -> None:
    """Raise Refused unless OWNERS own all directories of the WAY."""
    for where, folder in way.passed:
        if folder.st_uid not in owners:
            raise Refused(
                f"it is in {where}, and {user_name(folder.st_uid)}, who owns that directory, could replace it"
            )
        if anyone_can_replace(folder):
            raise Refused(f"it is in {where}, and every user can write to that directory")


def check_home(path: str, user: pwd.struct_passwd | None) -> None:
    """Raise Refused if PATH is or contains the home directory of another user than USER."""
    for other in pwd.getpwall():
        if parts(other.pw_dir)[: len(parts(path))] == parts(path) and (user is None or other.pw_uid != user.pw_uid):
            raise Refused(f"it is or contains the home directory of {other.pw_name}")


def look(user: str, configuration: str, folders: dict[str, str], files: dict[str, str]) -> dict[str, t.Any]:
    """The problems with FOLDERS, which USER is to own, and with FILES, which root writes; each by the option that sets it.

    Without USER, the paths are only to be removed. `foreign` is true if a directory belongs to another user than root, and `group` is the group of USER.
    """
    try:
        account = pwd.getpwnam(user) if user else None
    except KeyError:
        account = None  # the role reports this itself
    owners = {0} | ({account.pw_uid} if account else set())
    # An interrupted run has given some directories to the new user, while the configuration still belongs to the previous one.
    known = owners | ({os.lstat(configuration).st_uid} if os.path.exists(configuration) else set())
    problems, foreign = [], False
    for option, path in {**folders, **files}.items():
        try:
            way = find_way(path)
            if option in files:
                if account:
                    check_owners(way, {0})
            else:
                check_home(path, account)
                foreign |= check_folder(way, owners, known) if account else False
        except (Refused, OSError) as error:
            problems.append(
                f"{option}: {path} cannot be used: {reason(error)}; choose another path, or fix it on the host."
            )
    return {"problems": problems, "foreign": foreign, "group": group_name(account) if account else ""}


def check_folder(way: Way, owners: set[int], known: set[int]) -> bool:
    """Whether the directory at the end of WAY belongs to another user than root. Raises Refused if the agent cannot use it."""
    check_owners(way, owners)
    try:
        found = os.stat(way.names[0], dir_fd=way.folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(found.st_mode):
        raise Refused(f"it is a link to {os.readlink(way.names[0], dir_fd=way.folder)}")
    if not stat.S_ISDIR(found.st_mode):
        raise Refused("it is not a directory")
    if found.st_uid not in known:
        raise Refused(f"it belongs to {user_name(found.st_uid)}")
    return found.st_uid != 0


def group_name(account: pwd.struct_passwd) -> str:
    """The name of the primary group of ACCOUNT; its ID if the name is not a single word."""
    try:
        name = grp.getgrgid(account.pw_gid).gr_name
    except KeyError:
        name = ""
    return name if name and not set(name) & set(" \t\"'#{}\\") else str(account.pw_gid)


def reason(error: Exception) -> str:
    """The message of ERROR."""
    return str(error.strerror if isinstance(error, OSError) else error)


def opened(top: int, path: str) -> t.Iterator[tuple[int, str]]:
    """TOP, an open directory at PATH, and all directories and files in it, open, with their paths; no links, devices or mounted file systems."""
    device = os.fstat(top).st_dev
    yield top, path
    stack = [(top, path, iter(os.listdir(top)))]
    while stack:
        folder, where, names = stack[-1]
        name = next(names, None)
        if name is None:
            os.close(folder)
            stack.pop()
            continue
        try:
            # Anything but a file or a directory is not even opened: opening a device may have side effects.
            if not is_plain(os.stat(name, dir_fd=folder, follow_symlinks=False)):
                continue
            entry = os.open(name, _OPEN, dir_fd=folder)
        except OSError as error:
            if error.errno not in _REPLACED:
                raise
            continue
        found, inner = os.fstat(entry), f"{where}/{name}"
        # A mount begins at a directory. On an overlay, the device of a file may be that of a layer (kernel documentation, overlayfs).
        if stat.S_ISREG(found.st_mode) or (stat.S_ISDIR(found.st_mode) and found.st_dev == device):
            yield entry, inner
            if stat.S_ISDIR(found.st_mode):
                stack.append((entry, inner, iter(os.listdir(entry))))
                continue
        os.close(entry)


def is_plain(found: os.stat_result) -> bool:
    """Whether FOUND is a directory or a regular file."""
    return stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)


def give(user: str, folders: list[str], pretend: bool) -> dict[str, t.Any]:
    """Give FOLDERS and their content to USER. Files with several hard links are skipped, because the other links may be anywhere."""
    uid, changed, left = pwd.getpwnam(user).pw_uid, 0, []
    os.umask(0o022)
    for path in folders:
        top = make_folder(find_way(path), pretend)
        changed += top is None
        for entry, where in opened(top, path.rstrip("/")) if top is not None else ():
            found = os.fstat(entry)
            if found.st_uid == uid:
                continue
            if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
                left.append(where)
                continue
            changed += 1
            if not pretend:
                os.fchown(entry, uid, -1)
    return {"changed": changed, "left": left[:_MOST_SHOWN]}


def make_folder(way: Way, pretend: bool) -> int | None:
    """Open the directory at the end of WAY, and create it if it does not exist; None if it does not exist and PRETEND is set."""
    folder = way.folder
    for name in way.names:
        try:
            if not pretend:
                os.mkdir(name, 0o755, dir_fd=folder)
        except FileExistsError:
            pass
        above = folder
        try:
            folder = open_folder(name, above, "")
        except FileNotFoundError:
            return None
        finally:
            os.close(above)
    return folder


def remove(paths: list[str], pretend: bool) -> dict[str, t.Any]:
    """Remove PATHS with their content; a link itself, not its target. Nothing is removed if one of the paths is refused."""
    removed = []
    for path, way in [(path, find_way(path)) for path in paths]:
        (name, *further), folder = way.names, way.folder
        if not further and name in os.listdir(folder):
            removed.append(path)
            if not pretend:
                # `rm` follows no links either, works at any depth, and stays in the file system.
                command = ["rm", "--recursive", "--force", "--one-file-system", "--", f"./{name}"]
                subprocess.run(command, check=True, preexec_fn=lambda folder=folder: os.fchdir(folder))
    return {"changed": len(removed), "removed": removed}


def main(verb: str, arguments: str) -> None:
    """Run the command line."""
    try:
        print(json.dumps({"look": look, "give": give, "remove": remove}[verb](**json.loads(arguments))))
    except (Refused, OSError) as error:
        where = getattr(error, "filename", None)
        sys.exit(f"{f'{where}: ' if where else ''}{reason(error)}")
    except subprocess.CalledProcessError:
        sys.exit("rm could not remove everything")


if __name__ == "__main__":
    main(*sys.argv[1:])
