# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a deployment to a Lambda function: an alias is routed from one version to another.

AWS user guide, deployment-steps-lambda.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..aws.lambda_functions import alias_version, function_arn, function_exists, route_alias
from ..state import LifecycleEvent
from ..traffic_state import LambdaTarget
from .appspec import Format, LambdaSpec, lambda_spec_from_text
from .obstacle import Obstacle, missing_means
from .traffic import ALL
from .traffic_deployment import TrafficDeployment

EVENTS = ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic")


class LambdaDeployment(TrafficDeployment[LambdaTarget]):
    """A deployment on the Lambda platform."""

    LONGEST_RUN = 50 * 3600.0  # AWS user guide, limits
    APPSPEC_ERROR = "INVALID_LAMBDA_CONFIGURATION"

    def _new_target(self, text: str, formats: Sequence[Format]) -> LambdaTarget:
        spec = lambda_spec_from_text(text, formats)
        self._check_versions(spec)
        return LambdaTarget(
            target_id=spec.function,
            arn=function_arn(self.region.account, self.region.name, spec.function),
            last_updated=self.region.clock.now(),
            events=[LifecycleEvent(name) for name in EVENTS],
            hooks=spec.hooks,
            function=spec.function,
            alias=spec.alias,
            current_version=spec.current_version,
            target_version=spec.target_version,
        )

    def _check_versions(self, spec: LambdaSpec) -> None:
        """That the alias must point at CurrentVersion is what users have met (aws/serverless-application-model, issue 291)."""
        place = self.region.account, self.region.name, spec.function
        for version in (None, spec.current_version, spec.target_version):
            if not function_exists(*place, version):
                what = f"version {version} of " if version else ""
                raise Obstacle("INVALID_LAMBDA_FUNCTION", f"There is no {what}the Lambda function {spec.function}.")
        if spec.current_version == spec.target_version:
            # Unknown of CodeDeploy; an alias cannot divide its traffic among one version (Lambda API, CreateAlias).
            message = f"CurrentVersion and TargetVersion are both {spec.target_version}."
            raise Obstacle("INVALID_LAMBDA_CONFIGURATION", message)
        with missing_means("INVALID_LAMBDA_FUNCTION"):
            version = alias_version(*place, spec.alias)
        if version != spec.current_version:
            message = (
                "The Lambda AppSpec file is missing or has an invalid configuration: the alias "
                f"{spec.alias} points at version {version}, which is not the CurrentVersion {spec.current_version}."
            )
            raise Obstacle("INVALID_LAMBDA_CONFIGURATION", message)

    def _prepare(self, target: LambdaTarget, event: str) -> None:
        """All that comes before AllowTraffic is up to the hook."""

    def _route(self, target: LambdaTarget, weight: float) -> None:
        place = self.region.account, self.region.name, target.function, target.alias
        with missing_means("INVALID_LAMBDA_FUNCTION"):
            if weight == ALL:
                route_alias(*place, target.target_version, {})
            else:
                route_alias(*place, target.current_version, {target.target_version: weight / ALL})

    def _complete(self, target: LambdaTarget) -> None:
        target.status = "Succeeded"
        self._finish("Succeeded", None)

    def _retire(self, target: LambdaTarget) -> None:
        """A version that has no traffic stays."""
