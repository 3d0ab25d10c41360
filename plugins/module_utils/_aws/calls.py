# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls to AWS: retried while AWS is busy, with every failure turned into one kind of exception.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import typing as t

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # amazon.aws reports what is missing
    BotoCoreError = ClientError = Exception

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler

from .._errors import CodeDeployError
from .answers import UNREADABLE, UnreadableAnswer, operation, watch
from .connection_rules import CONNECTION_ADVICE
from .retries import Function, retried

# The function by which a module gets the client of a service: its own `client` method.
Connect = t.Callable[..., t.Any]

# Names from botocore's codedeploy model, and one of IAM. "Missing" is never confused with "not allowed": AccessDenied is in none of these.
MISSING = (
    "ApplicationDoesNotExistException",
    "DeploymentConfigDoesNotExistException",
    "DeploymentDoesNotExistException",
    "DeploymentGroupDoesNotExistException",
    "GitHubAccountTokenDoesNotExistException",
    "InstanceNotRegisteredException",
    "NoSuchEntity",
    "RevisionDoesNotExistException",
)

# Advice by error code. AWS user guide: "Create a service role", "Monitoring deployments with SNS", "CodeDeploy limits"; the number of calls
# that an account may make in a time is not published.
ADVICE = {
    "ECSServiceMappingLimitExceededException": "an ECS service can be in one deployment group only: remove it from the other one first",
    "InvalidRoleException": "check that the role exists, and that its trust policy allows sts:AssumeRole to codedeploy.amazonaws.com",
    "InvalidTriggerConfigException": "check that the topic exists, in this region, and that CodeDeploy may publish to it",
    "ThrottlingException": "AWS is throttling the account: run fewer tasks in parallel, or poll less often",
}

# The codes for a call that is not allowed. S3 answers a HEAD request without a body, so its code is the bare HTTP status.
DENIED = ("403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")


def advised_error(message: str, exception: Exception) -> CodeDeployError:
    """Return the error for the AWS error EXCEPTION: MESSAGE, with advice if the AWS error does not give any itself."""
    error = CodeDeployError(message, exception)
    reason = error_code(error) or type(exception).__name__
    advice = ADVICE.get(reason) or CONNECTION_ADVICE.get(reason)
    return CodeDeployError(f"{message} ({advice})", exception) if advice else error


class CodeDeployErrorHandler(AWSErrorHandler):
    """amazon.aws's error handling with this collection's exception and its definition of "missing"."""

    _CUSTOM_EXCEPTION = staticmethod(advised_error)

    @classmethod
    def _is_missing(cls) -> type[Exception]:
        return is_boto3_error_code(list(MISSING))


def not_checked(error: CodeDeployError) -> str:
    """Return the warning for ERROR if it says that a check is not allowed. Raise any other ERROR."""
    if error_code(error) not in DENIED:
        raise error
    return f"Skipped a preflight check, because the credentials are not allowed to make it: {error.message}"


def aws_call(description: str) -> t.Callable[[Function], Function]:
    """Decorate a function that makes a call: retry while AWS is busy, and turn any error, and a response that cannot be read, into `Failed to
    DESCRIPTION`. Its first argument is the client."""

    def decorate(function: Function) -> Function:
        return CodeDeployErrorHandler.common_error_handler(description)(_reading(description, retried(function)))

    return decorate


def aws_find(description: str, default: t.Any = None) -> t.Callable[[Function], Function]:
    """Decorate like `aws_call`, for lookups and removals: return DEFAULT for a missing resource."""

    def decorate(function: Function) -> Function:
        return CodeDeployErrorHandler.list_error_handler(description, default)(_reading(description, retried(function)))

    return decorate


def _reading(description: str, function: Function) -> Function:
    """Return FUNCTION with a CodeDeployError for a response that cannot be read."""

    @functools.wraps(function)
    def read(*args: t.Any, **members: t.Any) -> t.Any:
        watch(*args[:1])
        try:
            return function(*args, **members)
        except (BotoCoreError, ClientError):
            raise
        except UnreadableAnswer as error:
            raise CodeDeployError(f"Failed to {description} ({operation()}): {error}") from None
        except Exception as error:
            if not isinstance(error, UNREADABLE):
                raise
            problem = "the response does not have the form that the service's model describes"
            raise CodeDeployError(f"Failed to {description} ({operation()}): {problem}") from None

    return t.cast("Function", read)


def error_code(error: CodeDeployError) -> str:
    """Return the AWS error code behind ERROR, or an empty string."""
    response = getattr(error.exception, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def refused(error: CodeDeployError) -> bool:
    """Return whether AWS has rejected the request. Otherwise (no response, or an internal failure) it may have been carried out."""
    response = getattr(error.exception, "response", None) or {}
    return 400 <= response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) < 500
