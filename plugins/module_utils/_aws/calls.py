# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a call to AWS is made: retried when AWS is busy, and every failure turned into one kind of exception.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import typing as t

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # amazon.aws says what is missing
    BotoCoreError = ClientError = Exception

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._errors import CodeDeployError as CodeDeployError  # what calls AWS takes it from here
from .answers import UNREADABLE, UnreadableAnswer, operation, watch
from .connection_rules import CONNECTION_ADVICE
from .patience import SILENCE, is_final

# How a module gets a client of a service: its own `client` method.
Connect = t.Callable[..., t.Any]
Function = t.TypeVar("Function", bound=t.Callable[..., t.Any])

# Names from botocore's codedeploy model, and IAM's one. "Not there" is never mixed up with "not allowed": AccessDenied is in no list.
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
BUSY = ("ThrottlingException", "RequestTimeout", "RequestTimeoutException", "SlowDown")

# What to check, by error code. AWS user guide: "Create a service role", "Monitoring deployments with SNS", "CodeDeploy limits"; the rate of calls
# that an account may make is not published.
ADVICE = {
    "ECSServiceMappingLimitExceededException": "an ECS service can be in one deployment group only: remove it from the other one first",
    "InvalidRoleException": "check that the role exists, and that its trust policy lets codedeploy.amazonaws.com do sts:AssumeRole",
    "InvalidTriggerConfigException": "check that the topic exists, in this region, and that CodeDeploy may publish to it",
    "ThrottlingException": "the account makes more calls than AWS takes: run fewer tasks at a time, or look less often",
}

# How services say that a call is not allowed. S3 answers a HEAD without a body, so its code is the bare HTTP status.
DENIED = ("403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")


def advised_error(message: str, exception: Exception) -> CodeDeployError:
    """The error that a module fails with after the AWS error EXCEPTION: MESSAGE, and what to check, where the AWS error does not tell that itself."""
    error = CodeDeployError(message, exception)
    reason = error_code(error) or type(exception).__name__
    advice = ADVICE.get(reason) or CONNECTION_ADVICE.get(reason)
    return CodeDeployError(f"{message} ({advice})", exception) if advice else error


class CodeDeployErrorHandler(AWSErrorHandler):
    """amazon.aws's error handling with this collection's exception and its idea of "missing"."""

    _CUSTOM_EXCEPTION = staticmethod(advised_error)

    @classmethod
    def _is_missing(cls) -> type[Exception]:
        return is_boto3_error_code(list(MISSING))


def not_checked(error: CodeDeployError) -> str:
    """The warning that ERROR, of a look that is not allowed, comes to. Raises ERROR if it is another one."""
    if error_code(error) not in DENIED:
        raise error
    return f"Not checked beforehand, since it is not allowed: {error.message}"


def aws_call(description: str) -> t.Callable[[Function], Function]:
    """Decorate a function that makes a call: busy answers are retried, any error becomes `Failed to DESCRIPTION`, and so does an answer that cannot
    be read. Its first argument is the client."""

    def decorate(function: Function) -> Function:
        return CodeDeployErrorHandler.common_error_handler(description)(_reading(description, _retried(function)))

    return decorate


def aws_find(description: str, default: t.Any = None) -> t.Callable[[Function], Function]:
    """Like `aws_call`, for look-ups and removals: what is not there answers DEFAULT."""

    def decorate(function: Function) -> Function:
        return CodeDeployErrorHandler.list_error_handler(description, default)(
            _reading(description, _retried(function))
        )

    return decorate


def _reading(description: str, function: Function) -> Function:
    """FUNCTION, which reads answers that are compared with the service's model. One that cannot be read becomes a CodeDeployError."""

    @functools.wraps(function)
    def read(*args: t.Any, **members: t.Any) -> t.Any:
        watch(*args[:1])
        try:
            return function(*args, **members)
        except (BotoCoreError, ClientError):
            raise
        except UnreadableAnswer as error:
            raise CodeDeployError(f"Failed to {description} ({operation()}): {error}") from None
        except UNREADABLE:
            problem = "the answer is not in the form that the service's model describes"
            raise CodeDeployError(f"Failed to {description} ({operation()}): {problem}") from None

    return t.cast("Function", read)


class BusyRetry(AWSRetry):
    """Tries again while AWS is busy or answers are lost, and for no other reason; no longer than the patience with the service lasts."""

    base_class = Exception

    @staticmethod
    def status_code_from_exception(error: t.Any) -> str:
        if is_final(error):
            return ""
        response = getattr(error, "response", None)
        return str(response["Error"]["Code"] if response else type(error).__name__)


def _retried(function: Function) -> Function:
    extra = [*BUSY, *SILENCE]
    return BusyRetry.jittered_backoff(retries=8, delay=1, max_delay=20, catch_extra_error_codes=extra)(function)


def error_code(error: CodeDeployError) -> str:
    """The AWS error code behind ERROR, or an empty text."""
    response = getattr(error.exception, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def refused(error: CodeDeployError) -> bool:
    """Whether AWS has answered that it did not do what was asked. Else (no answer, or a failure of its own) it may have done it."""
    response = getattr(error.exception, "response", None) or {}
    return 400 <= response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) < 500
