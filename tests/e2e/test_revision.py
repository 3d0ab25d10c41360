# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles as users make them, through ansible-playbook, on hosts that unpack them."""

from __future__ import annotations

import pathlib
import tarfile
import typing as t

import yaml

from .conftest import BUCKET, Site


def revision_task(site: Site, **options: t.Any) -> dict[str, t.Any]:
    given = {name: site.deploy[name] for name in ("application_name", "source", "s3_bucket")}
    return {"name": "Revision", "slipway.codedeploy.revision": {**given, **options}, "register": "built"}


def source_of(site: Site, version: str) -> pathlib.Path:
    """A source tree of VERSION, which is what the following tasks ship."""
    site.deploy["source"] = f"{site.folder}/{version}"
    site.write_release(f"good {version}")
    return pathlib.Path(site.deploy["source"])


def ship(site: Site, version: str, **options: t.Any) -> list[dict[str, t.Any]]:
    """The tasks that register a revision and deploy what is returned, to all hosts at once."""
    given = {"source": None, "s3_bucket": None, "revision": "{{ built.revision }}"}
    return [
        {**revision_task(site, **options), "name": f"build {version}"},
        site.deploy_task(f"ship {version}", **given, deployment_config_name="CodeDeployDefault.AllAtOnce"),
    ]


def ship_ready_made(site: Site) -> list[dict[str, t.Any]]:
    """A bundle that is there already, in a directory of its own, as GitHub makes them."""
    with tarfile.open(site.folder / "shop.tar.gz", "w:gz") as archive:
        archive.add(source_of(site, "ready"), "shop-3")
    return ship(site, "ready", source="shop.tar.gz")


def ship_links(site: Site) -> list[dict[str, t.Any]]:
    source = source_of(site, "links")
    (source / "version").rename(source / "version-2")
    (source / "version").symlink_to("version-2")
    appspec = yaml.safe_load((source / "appspec.yml").read_text())
    appspec["files"].append({"source": "version-2", "destination": "/opt/shop"})
    return ship(site, "links", bundle_type="tgz", symlinks="preserve", appspec=appspec)


def test_bundles_of_every_kind_are_deployed(site: Site) -> None:
    tasks = []
    for bundle_type in ("zip", "tar", "tgz"):
        source_of(site, bundle_type)
        tasks += ship(site, bundle_type, bundle_type=bundle_type)
    run = site.run(*tasks, *ship_ready_made(site), *ship_links(site))
    assert run.status == 0, run.output
    assert "changed=10" in run.output
    assert site.shipped() == [[f"good {version}" for version in ("zip", "tar", "tgz", "ready", "links")]] * 2
    assert all((host.root / "opt/shop/version").is_symlink() for host in site.hosts)


def test_what_the_task_says_and_does(simulated_site: Site) -> None:
    report = {"name": "Report", "ansible.builtin.debug": {"msg": "{{ built.bundle.keys() | sort | join(' ') }}"}}
    first = simulated_site.run(revision_task(simulated_site), report)
    assert first.status == 0, first.output
    assert "msg: bundle_type digest directories files links size uploaded" in first.output
    assert simulated_site.written() == ["s3:PutObject", "codedeploy:RegisterApplicationRevision"]
    second = simulated_site.run(revision_task(simulated_site))
    assert "changed=0" in second.output
    assert simulated_site.written() == []


def test_s3_can_be_reached_with_credentials_of_its_own(simulated_site: Site) -> None:
    secret = "the-secret-of-storage"
    connection = {"endpoint_url": simulated_site.emulator.endpoint, "access_key": "storage", "secret_key": secret}
    run = simulated_site.run({**revision_task(simulated_site, s3_connection=connection), "diff": True})
    assert run.status == 0, run.output
    assert f"+    revision: s3://{BUCKET}/" in run.output
    assert secret not in run.output
    assert simulated_site.calls("s3") == []
    assert {call.access_key for call in simulated_site.emulator.calls if call.action.startswith("s3:")} == {"storage"}
