# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make demo`: ships a small web application to three hosts on the emulator, and shows it go right, go wrong and heal.

Every step is checked from outside: by asking the hosts over HTTP, and AWS through boto3. The exit status is 0 only if all held.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import types
import typing as t
from dataclasses import dataclass

from emulator import Emulator

from .calls import writes
from .hosts import Host, running_hosts
from .playbooks import PlaybookRun, run_playbook, without_colours
from .processes import end_processes_below
from .story import StepFailedError, Story, on_terminal, quote, say, styled, tell

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAYBOOK = ROOT / "playbooks/demo.yml"
BUCKET = "web-app-releases"
GROUP = {"applicationName": "web-app", "deploymentGroupName": "demo"}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# The mistake of version 3: it compiles, it starts, and it cannot say how it is.
RIGHT, WRONG = '"version": VERSION,', '"version": VERSION.number,'


@dataclass(frozen=True)
class Stage:
    """What the chapters play on. SOURCE is the application's source tree, that its developers change."""

    story: Story
    emulator: Emulator
    hosts: list[Host]
    source: pathlib.Path
    folder: pathlib.Path

    def release(self, version: int) -> None:
        """Write VERSION into the source tree."""
        say(f"  $ echo {version} > VERSION")
        (self.source / "VERSION").write_text(f"{version}\n")

    def ship(self) -> PlaybookRun:
        """Run the playbook; the emulator's record then holds the calls of this run."""
        say("  $ ansible-playbook playbooks/demo.yml")
        self.emulator.calls.clear()
        users = [{"name": host.name, "iam_user_arn": host.iam_user_arn} for host in self.hosts]
        variables = {
            "web_hosts": users,
            "s3_bucket": BUCKET,
            "source": str(self.source),
            "wait_timeout": 120,
            "wait_delay": 1,
        }
        run = run_playbook(
            PLAYBOOK, variables, self.emulator.environment, self.folder, PlaybookQuotation(), on_terminal()
        )
        say()
        return run

    def written(self) -> list[str]:
        """The calls of the last run that changed something."""
        return writes(self.emulator)

    def deployments(self) -> list[tuple[str, str]]:
        """Who asked for each deployment of the group and how it ended, the oldest first."""
        codedeploy = self.emulator.client("codedeploy")
        ids = codedeploy.list_deployments(**GROUP)["deployments"]
        found = [codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"] for deployment in ids]
        return [(info["creator"], info["status"]) for info in sorted(found, key=lambda info: info["createTime"])]

    def failed_hosts(self) -> list[str]:
        """The hosts on which a deployment of the group failed."""
        codedeploy = self.emulator.client("codedeploy")
        failed = codedeploy.list_deployments(**GROUP, includeOnlyStatuses=["Failed"])["deployments"]
        filters = {"TargetStatus": ["Failed"]}
        pages = [codedeploy.list_deployment_targets(deploymentId=each, targetFilters=filters) for each in failed]
        return [target for page in pages for target in page["targetIds"]]

    def releases(self) -> int:
        """How many bundles the bucket holds."""
        return len(self.emulator.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", []))

    def expect_version(self, version: str) -> None:
        """Each host answers, over HTTP, with VERSION and its own name."""
        expected = {host.name: {"status": "ok", "version": version, "host": host.name} for host in self.hosts}
        self.story.expect(
            f"each host serves version {version}", expected, {host.name: host.health() for host in self.hosts}
        )


class PlaybookQuotation:
    """Quotes ansible-playbook line by line, but for a failed task's result as data: it has been told in words just before."""

    def __init__(self) -> None:
        self._left_out: int | None = None

    def __call__(self, line: str) -> None:
        """Quote LINE, or count it among those left out."""
        plain = without_colours(line)
        if self._left_out is not None and plain.startswith("    "):
            self._left_out += 1
            return
        if self._left_out:
            quote(f"    ... (the task's result as data, {self._left_out} lines)")
        self._left_out = 0 if plain.startswith("fatal: ") else None
        quote(line)


DONE = ("user", "Succeeded")


def show_first_release(stage: Stage) -> None:
    """Chapter 1."""
    stage.story.begin(
        "1. The first release",
        """The playbook creates an application and a deployment group, registers the three hosts and deploys: it makes a bundle of
        the source tree, uploads it, and waits while the hosts' agents install it, one host at a time.""",
    )
    run = stage.ship()
    stage.story.expect("the playbook succeeds", 0, run.status)
    stage.expect_version("1")
    stage.story.expect(
        "one deployment was made, and one bundle uploaded", ([DONE], 1), (stage.deployments(), stage.releases())
    )


def show_nothing_to_do(stage: Stage) -> None:
    """Chapter 2."""
    stage.story.begin(
        "2. The same again",
        "Nothing has changed since, so nothing may happen: no upload, no deployment, not one call to AWS that writes.",
    )
    run = stage.ship()
    stage.story.expect("the playbook succeeds", 0, run.status)
    stage.story.expect("no task reports a change", True, "changed=0" in run.output)
    stage.story.expect("AWS was only read", [], stage.written())
    stage.expect_version("1")


def show_second_release(stage: Stage) -> None:
    """Chapter 3."""
    stage.story.begin(
        "3. The second release", "One file of the source tree changes, and the same playbook brings it to the hosts."
    )
    stage.release(2)
    run = stage.ship()
    stage.story.expect("the playbook succeeds", 0, run.status)
    stage.expect_version("2")
    stage.story.expect("one more deployment, one more bundle", ([DONE] * 2, 2), (stage.deployments(), stage.releases()))


def show_broken_release(stage: Stage) -> None:
    """Chapter 4."""
    stage.story.begin(
        "4. A broken release",
        """Version 3 has a mistake: it starts, but fails when it is asked for its health, so its ValidateService hook fails on the
        first host. CodeDeploy leaves the others alone and rolls back; the task says what went wrong, and where.""",
    )
    stage.release(3)
    server = stage.source / "server.py"
    say(f"  $ sed -i 's/{RIGHT}/{WRONG}/' server.py")
    server.write_text(server.read_text().replace(RIGHT, WRONG))
    run = stage.ship()
    stage.story.expect("the task fails", 2, run.status)
    blamed = [
        host.name
        for host in stage.hosts
        if f"{host.name} failed at ValidateService in scripts/validate.sh" in run.output
    ]
    stage.story.expect("it names the host, the event and the script", stage.failed_hosts(), blamed)
    stage.story.expect(
        "it shows what the script printed: the mistake itself", True, "AttributeError: 'str' object" in run.output
    )
    rollback = [("user", "Failed"), ("codeDeployRollback", "Succeeded")]
    stage.story.expect("it followed the rollback to its end", [DONE] * 2 + rollback, stage.deployments())
    stage.expect_version("2")


CHAPTERS = (show_first_release, show_nothing_to_do, show_second_release, show_broken_release)


def show_evidence(hosts: list[Host]) -> None:
    """Print the end of every log of the hosts."""
    for host in hosts:
        for name, text in host.logs().items():
            say()
            say(styled("title", f"{host.name}:/{name} ends with"))
            for line in text.splitlines()[-25:]:
                quote(line)


@contextlib.contextmanager
def stage_in(folder: pathlib.Path) -> t.Iterator[Stage]:
    """The emulator, the hosts and the source tree; whatever was started ends with the block."""
    source = folder / "web-app"
    shutil.copytree(ROOT / "examples/web-app", source)
    try:
        with Emulator() as emulator, running_hosts(emulator, ["web-1", "web-2", "web-3"], folder) as hosts:
            emulator.client("s3").create_bucket(Bucket=BUCKET)
            yield Stage(Story(), emulator, hosts, source, folder)
    finally:
        end_processes_below(folder)


def introduce(stage: Stage) -> None:
    """Say what this is, and where."""
    say(styled("title", "slipway.codedeploy: a web application on three hosts, without an AWS account"))
    tell(
        f"""AWS is an emulator at {stage.emulator.endpoint}. The hosts are folders in {stage.folder}, each with a host agent that polls
        the emulator, downloads bundles and runs their hooks for real. The playbook is playbooks/demo.yml, the application
        examples/web-app."""
    )


def play(stage: Stage) -> bool:
    """Show all chapters, or those up to the first step that does not hold; say whether all held."""
    introduce(stage)
    held = True
    try:
        for chapter in CHAPTERS:
            chapter(stage)
    except StepFailedError:
        show_evidence(stage.hosts)
        held = False
    stage.story.summarize()
    return held


def interrupt(number: int, _frame: types.FrameType | None) -> t.NoReturn:
    """Turn the first signal into an exception, so that everything is put away on the way out, and ignore any other meanwhile."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def main() -> int:
    """Run the demo; the exit status."""
    for number in SIGNALS:
        signal.signal(number, interrupt)
    os.environ["no_proxy"] = "127.0.0.1"  # all of it is on this machine
    begin = time.monotonic()
    held = False
    try:
        with (
            tempfile.TemporaryDirectory(prefix="slipway-demo-") as name,
            stage_in(pathlib.Path(name).resolve()) as stage,
        ):
            held = play(stage)
    except SystemExit:
        say()
        say("Interrupted.")
        raise
    finally:
        say()
        say(f"Everything that was started is stopped again, after {time.monotonic() - begin:.0f} s.")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
