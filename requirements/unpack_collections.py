# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Take one collection out of the `ansible` community package's wheel.

usage: unpack_collections.py WHEEL_FOLDER NAMESPACE.NAME DESTINATION

The wheel holds 92 collections in 473 MB; amazon.aws is 4 MB of it. DESTINATION receives `ansible_collections/NAMESPACE/NAME`.
"""

from __future__ import annotations

import pathlib
import sys
import zipfile


def unpack(wheel: pathlib.Path, collection: str, destination: pathlib.Path) -> int:
    """Extract COLLECTION from WHEEL below DESTINATION; return how many files that were."""
    folder = "ansible_collections/" + collection.replace(".", "/") + "/"
    with zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if name.startswith(folder)]
        archive.extractall(destination, members)
    return len(members)


def main() -> None:
    source, collection, destination = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    (wheel,) = source.glob("ansible-*.whl")
    if not unpack(wheel, collection, destination):
        sys.exit(f"{wheel.name} holds no {collection}")


if __name__ == "__main__":
    main()
