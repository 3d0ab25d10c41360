# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles as users make them, through ansible-playbook, on hosts that unpack them."""

from __future__ import annotations

import pathlib
import tarfile
import typing as t

from .conftest import BUCKET, Site


def revision_task(site: Site, **options: t.Any) -> dict[str, t.Any]:
    given = {name: site.deploy[name] for name in ("application_name", "source", "s3_bucket")}
    return {"name": "Revision", "slipway.codedeploy.revision": {**given, **options}, "register": "built"}


def ship(site: Site, **options: t.Any) -> None:
    """Register a revision and deploy what the task returned."""
    task = site.deploy_task(source=None, s3_bucket=None, revision="{{ built.revision }}")
    run = site.run(revision_task(site, **options), task)
    assert run.status == 0, run.output
    assert "changed=2" in run.output


def test_bundles_of_every_format_are_deployed(site: Site) -> None:
    for bundle_type in ("zip", "tar", "tgz"):
        site.write_release(f"good {bundle_type}")
        ship(site, bundle_type=bundle_type)
        assert site.versions() == {f"good {bundle_type}"}


def test_a_bundle_with_links_is_deployed(site: Site) -> None:
    site.write_release("good 2")
    source = pathlib.Path(site.deploy["source"])
    (source / "version").rename(source / "version-2")
    (source / "version").symlink_to("version-2")
    ship(site, bundle_type="tgz", symlinks="preserve", appspec={**APPSPEC, "files": [*FILES, LINKED]})
    assert site.versions() == {"good 2"}
    for host in site.hosts:
        assert (host.root / "opt/shop/version").is_symlink()


FILES = [{"source": "version", "destination": "/opt/shop"}]
LINKED = {"source": "version-2", "destination": "/opt/shop"}
APPSPEC = {"version": 0.0, "os": "linux"}


def test_a_ready_made_bundle_is_deployed(site: Site) -> None:
    """One in a directory of its own, as GitHub makes them."""
    site.write_release("good 3")
    with tarfile.open(site.folder / "shop.tar.gz", "w:gz") as archive:
        archive.add(site.deploy["source"], "shop-3")
    ship(site, source="shop.tar.gz")
    assert site.versions() == {"good 3"}


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
