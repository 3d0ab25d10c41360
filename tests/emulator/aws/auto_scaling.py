# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Auto Scaling, read and written in moto's own state: the groups that deployment groups name, and the lifecycle hooks in them."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends

HEARTBEAT_SECONDS = 600
"""Of the hooks that CodeDeploy puts in (as users show them; hashicorp/terraform-provider-aws, issue 2993)."""


def auto_scaling_group_exists(account: str, region: str, name: str) -> bool:
    """Whether there is an Auto Scaling group of that name."""
    backend = _backend(account, region)
    return backend is not None and name in backend.autoscaling_groups


def list_lifecycle_hooks(account: str, region: str, group: str) -> list[str]:
    """The names of the lifecycle hooks in an Auto Scaling group, whoever put them there."""
    backend = _backend(account, region)
    return [] if backend is None else [str(hook.name) for hook in backend.describe_lifecycle_hooks(group)]


def put_lifecycle_hook(account: str, region: str, group: str, name: str, transition: str) -> None:
    """Put a hook into an Auto Scaling group. ``transition``: EC2_INSTANCE_LAUNCHING or EC2_INSTANCE_TERMINATING."""
    backend = autoscaling_backends[account][region]
    backend.create_lifecycle_hook(name, group, f"autoscaling:{transition}", HEARTBEAT_SECONDS, "ABANDON")


def delete_lifecycle_hook(account: str, region: str, group: str, name: str) -> None:
    """Remove a hook; one that is not there is none to remove."""
    backend = _backend(account, region)
    if backend is not None:
        backend.delete_lifecycle_hook(group, name)


def list_members(account: str, region: str) -> dict[str, list[str]]:
    """The ids of the instances in each Auto Scaling group."""
    backend = _backend(account, region)
    groups = {} if backend is None else dict(backend.autoscaling_groups)
    return {name: [str(state.instance_id) for state in group.instance_states] for name, group in groups.items()}


def suspend_processes(account: str, region: str, name: str, processes: list[str]) -> None:
    """Suspend scaling processes of a group that exists."""
    if processes:  # moto takes none for all
        autoscaling_backends[account][region].suspend_processes(name, processes)


def resume_processes(account: str, region: str, name: str, processes: list[str]) -> None:
    """Resume scaling processes; a group that is not there (any more) has none."""
    if processes and auto_scaling_group_exists(account, region, name):
        autoscaling_backends[account][region].resume_processes(name, processes)


def terminate_members(account: str, region: str, instance_ids: list[str]) -> None:
    """Terminate instances in their Auto Scaling groups, which launch others instead."""
    backend = autoscaling_backends[account][region]
    for state in backend.describe_auto_scaling_instances(instance_ids):
        backend.terminate_instance(state.instance_id, should_decrement=False)


def copy_auto_scaling_group(account: str, region: str, name: str, copy: str) -> None:
    """Make an Auto Scaling group like another one, with instances of its own that no load balancer knows yet."""
    backend = autoscaling_backends[account][region]
    original = backend.autoscaling_groups[name]
    backend.create_auto_scaling_group(
        name=copy,
        availability_zones=list(original.availability_zones),
        desired_capacity=original.desired_capacity,
        max_size=original.max_size,
        min_size=original.min_size,
        **_launched_by(original),
        vpc_zone_identifier=original.vpc_zone_identifier,
        default_cooldown=original.default_cooldown,
        health_check_period=original.health_check_grace_period,
        health_check_type=original.health_check_type,
        load_balancers=[],
        target_group_arns=[],
        placement_group=original.placement_group,
        termination_policies=list(original.termination_policies),
        tags=[{**tag, "ResourceId": copy} for tag in original.tags],
        new_instances_protected_from_scale_in=original.new_instances_protected_from_scale_in,
    )


def _launched_by(group: FakeAutoScalingGroup) -> dict[str, Any]:
    """What says how a group's instances are launched; exactly one of the three."""
    kinds: dict[str, Any] = {"launch_config_name": "", "launch_template": {}, "mixed_instances_policy": None}
    if group.mixed_instances_policy:
        return kinds | {"mixed_instances_policy": group.mixed_instances_policy}
    if group.ec2_launch_template is None:
        return kinds | {"launch_config_name": group.launch_configuration_name}
    template = {"LaunchTemplateId": group.ec2_launch_template.id, "Version": group.launch_template_version}
    return kinds | {"launch_template": template}


def move_load_balancers(account: str, region: str, name: str, successor: str) -> None:
    """Attach the load balancers and target groups of one Auto Scaling group to another instead, whose instances they have."""
    groups = autoscaling_backends[account][region].autoscaling_groups
    if name not in groups or successor not in groups:  # somebody else has deleted one meanwhile
        return
    old, new = groups[name], groups[successor]
    new.load_balancer_names, new.target_group_arns = old.load_balancer_names, old.target_group_arns
    old.load_balancer_names, old.target_group_arns = [], []


def delete_auto_scaling_group(account: str, region: str, name: str) -> None:
    """Delete an Auto Scaling group with its instances; one that is not there is none to delete."""
    backend = _backend(account, region)
    if backend is not None and name in backend.autoscaling_groups:
        backend.delete_auto_scaling_group(name)


def _backend(account: str, region: str) -> AutoScalingBackend | None:
    """None in a region that moto does not know, and where nobody has asked for Auto Scaling yet: to make it takes moto long."""
    if account not in autoscaling_backends or region not in autoscaling_backends[account]:
        return None
    return autoscaling_backends[account][region]
