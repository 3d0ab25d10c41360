# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host agent as an .rpm: name, version scheme and files are those of the .deb that the other tests install."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

from .packages import lay_out, line_of

SPEC = """\
Name: codedeploy-agent
Version: {number}
Release: {build}
Summary: A stand-in for the AWS CodeDeploy host agent
License: GPL-3.0-or-later
BuildArch: {architecture}
AutoReqProv: no
%description
A stand-in for the AWS CodeDeploy host agent.
%install
cp -a {tree}/. %{{buildroot}}
%files
/opt/codedeploy-agent
/lib/systemd/system/codedeploy-agent.service
%dir /etc/codedeploy-agent/conf
%config(noreplace) /etc/codedeploy-agent/conf/codedeployagent.yml
"""


def rpm_name(version: str) -> str:
    """The name of the .rpm's file: one for all architectures in 1.8, one for each in 2."""
    return f"codedeploy-agent-{version}.{'x86_64' if line_of(version) == '2' else 'noarch'}.rpm"


def build_rpm(version: str, folder: pathlib.Path) -> pathlib.Path:
    """Build the .rpm of VERSION in FOLDER and return its path."""
    tree = folder / f"tree-{version}"
    lay_out(version, tree)
    number, _dash, build = version.partition("-")
    architecture = rpm_name(version).split(".")[-2]
    spec = SPEC.format(number=number, build=build, architecture=architecture, tree=tree)
    package = _build(spec, architecture, folder / rpm_name(version))
    shutil.rmtree(tree)
    return package


def build_ruby_rpm(folder: pathlib.Path) -> pathlib.Path:
    """Build a package `ruby` without files in FOLDER, for a system that has what agent 1.8 needs, and return its path."""
    spec = (
        "Name: ruby\nVersion: 1\nRelease: 1\nSummary: No Ruby\nLicense: MIT\nBuildArch: noarch\n%description\n%files\n"
    )
    return _build(spec, "noarch", folder / "ruby-1-1.noarch.rpm")


def _build(spec: str, architecture: str, package: pathlib.Path) -> pathlib.Path:
    written, place = package.with_suffix(".spec"), package.with_suffix(".build")
    written.write_text(spec)
    # The programs are not compiled here, so nothing is to be stripped or given byte code.
    definitions = {
        "_topdir": place,
        "_rpmdir": package.parent,
        "_rpmfilename": package.name,
        "__os_install_post": "%{nil}",
    }
    options = [word for name, value in definitions.items() for word in ("--define", f"{name} {value}")]
    command = ["rpmbuild", "-bb", "--quiet", "--target", architecture, *options, str(written)]
    subprocess.run(command, check=True, capture_output=True)
    shutil.rmtree(place)
    return package
