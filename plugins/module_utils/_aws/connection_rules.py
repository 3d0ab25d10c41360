# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of the connection to AWS before the first call, and advice for when a call fails because of it. Pure, except for the files that are named.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import ipaddress
import pathlib
import re
import typing as t
import urllib.parse

from .._url_secrets import without_secrets
from .._validation import InvalidOption

Environment = t.Mapping[str, str]
Profiles = t.Mapping[str, t.Mapping[str, t.Any]]

# The variables that amazon.aws reads if an option is omitted.
VARIABLES = {
    "profile": ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
    "access_key": ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"),
    "secret_key": ("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"),
    "session_token": ("AWS_SESSION_TOKEN",),
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "aws_ca_bundle": ("AWS_CA_BUNDLE",),
    "endpoint_url": ("AWS_URL",),
}
_KEYS = ("access_key", "secret_key", "session_token")
CREDENTIALS = ("profile", *_KEYS)

# A region is a label of a host name; nothing else is known of future regions.
_REGION = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")

# The settings of a profile whose credentials come from a service (AWS SDKs and tools reference guide, "Settings reference").
_ASKING = ("role_arn", "sso_session", "sso_start_url", "web_identity_token_file", "login_session")

_NETWORK = "no response: check the region, endpoint_url, the proxy (HTTPS_PROXY, NO_PROXY) and the network"
_EXPIRED = "the credentials have expired: get new ones, and update session_token, AWS_SESSION_TOKEN or the profile"
_UNKNOWN_KEY = "check access_key or AWS_ACCESS_KEY_ID; temporary keys also need session_token or AWS_SESSION_TOKEN"
_SIGNATURE = "check secret_key or AWS_SECRET_ACCESS_KEY, the region, and the clock of this host"
_LOG_IN = "sign in again with `aws sso login`"

# Advice by the AWS error code, or by the name of botocore's exception if AWS did not respond.
CONNECTION_ADVICE = {
    "ConnectTimeoutError": _NETWORK,
    "ConnectionClosedError": _NETWORK,
    "EndpointConnectionError": _NETWORK,
    "HTTPClientError": _NETWORK,
    "ReadTimeoutError": _NETWORK,
    "ProxyConnectionError": "no response from the proxy: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
    "SSLError": "check endpoint_url, and that aws_ca_bundle or AWS_CA_BUNDLE contains the CA that signed the certificate",
    "NoCredentialsError": (
        "set profile or AWS_PROFILE, or access_key and secret_key or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        "or run on a host with an instance profile"
    ),
    "PartialCredentialsError": "set both access_key and secret_key, or both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "CredentialRetrievalError": "run the credential process of the profile by hand to see why",
    "SSOTokenLoadError": _LOG_IN,
    "TokenRetrievalError": _LOG_IN,
    "UnauthorizedSSOTokenError": _LOG_IN,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "InvalidAccessKeyId": _UNKNOWN_KEY,
    "InvalidClientTokenId": _UNKNOWN_KEY,
    "UnrecognizedClientException": _UNKNOWN_KEY,
    "IncompleteSignature": _SIGNATURE,
    "IncompleteSignatureException": _SIGNATURE,
    "InvalidSignatureException": _SIGNATURE,
    "RequestTimeTooSkewed": "synchronize the clock of this host",
    "SignatureDoesNotMatch": _SIGNATURE,
}


def origin(option: str, value: str | None, environment: Environment) -> str:
    """Return the source of OPTION's VALUE: the variable of the ENVIRONMENT, or else the option."""
    return next((name for name in VARIABLES[option] if value and environment.get(name) == value), option)


def check_credentials(params: t.Mapping[str, t.Any], environment: Environment) -> None:
    """Raise InvalidOption if PARAMS have both a profile and keys."""
    keys = [origin(name, params[name], environment) for name in _KEYS if params.get(name)]
    if params.get("profile") and keys:
        profile = origin("profile", params["profile"], environment)
        raise InvalidOption(f"{profile}: cannot be combined with {', '.join(keys)}; remove or unset one of them")


def check_endpoint(url: str | None, name: str) -> None:
    """Raise InvalidOption unless URL, if there is one, is the URL of an endpoint. NAME is its source."""
    if not url:
        return
    try:
        parts = urllib.parse.urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise InvalidOption(
            f"{name}: {without_secrets(url)!r} is not a valid endpoint URL; use something like https://host:port"
        )


def check_ca_bundle(path: str | None, name: str) -> None:
    """Raise InvalidOption unless the file PATH, if there is one, contains certificates. NAME is its source."""
    if not path:
        return
    try:
        content = pathlib.Path(path).read_bytes()
    except FileNotFoundError:
        raise InvalidOption(
            f"{name}: the file {path!r} does not exist; correct the path, or remove or unset it"
        ) from None
    except OSError as error:
        raise InvalidOption(f"{name}: {path!r} cannot be read ({error.strerror}); use a readable file") from None
    if (
        b"-----BEGIN " not in content
    ):  # loading them takes longer than everything else that a task does before its first call
        raise InvalidOption(f"{name}: {path!r} contains no certificates in PEM format; use a file that does")


def check_region(region: str | None, name: str, environment: Environment) -> None:
    """Raise InvalidOption unless REGION is set and can be a region. NAME is its source."""
    if region and not _REGION.fullmatch(region):
        raise InvalidOption(f"{name}: {region!r} is not a valid region; use something like eu-central-1")
    empty = [name for name in VARIABLES["region"] if environment.get(name) == ""]
    if not region and empty:
        raise InvalidOption(
            f"{empty[0]}: is empty; set it to a region like eu-central-1, or unset it and set the option region"
        )
    if not region:
        raise InvalidOption("region: is missing; set it, AWS_REGION, or the region of the profile")


def check_profile(profile: str | None, name: str, profiles: Profiles) -> None:
    """Raise InvalidOption if a task cannot use PROFILE, or the default one, of the host's PROFILES. NAME is its source."""
    if profile and profile not in profiles:
        there = f"use one of {', '.join(sorted(profiles))}" if profiles else "it has none"
        raise InvalidOption(f"{name}: there is no profile {profile!r} in the AWS configuration of this host; {there}")
    asking = profile_with_code(profiles, profile or "default")
    if asking:
        raise InvalidOption(
            f"{name}: the profile {asking!r} requires an MFA code, which a task cannot enter; get temporary credentials first "
            "(`aws sts get-session-token` or `aws configure export-credentials`), and use them instead"
        )


def profile_with_code(profiles: Profiles, name: str) -> str | None:
    """Return the profile of PROFILES that requires an MFA code if NAME is used: NAME itself, or a profile from which it gets its credentials."""
    seen: set[str] = set()
    while name in profiles and name not in seen:
        profile = profiles[name]
        if profile.get("role_arn") and profile.get("mfa_serial"):
            return name
        seen.add(name)
        name = str(profile.get("source_profile"))
    return None


def asks_network(profiles: Profiles, profile: str | None, environment: Environment) -> bool:
    """Return whether botocore needs the network to get the credentials of PROFILE, or of the default one."""
    members = profiles.get(profile or "default", {})
    return any(member in members for member in _ASKING) or bool(environment.get("AWS_WEB_IDENTITY_TOKEN_FILE"))


def insecurity(url: str, validate_certs: bool) -> str | None:
    """Return why others can read or change the traffic to the endpoint URL; None if they cannot."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        return f"endpoint_url: {without_secrets(url)} is plain HTTP, so others on the network can read and change the traffic; use https"
    if parts.scheme == "https" and not validate_certs:
        return (
            "validate_certs: is false, so a machine in between can read and change the traffic; "
            "set aws_ca_bundle to the CA of the endpoint's certificate instead"
        )
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
