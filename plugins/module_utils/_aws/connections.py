# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of AWS for modules and the inventory: every client of a task is created here.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import os
import typing as t

from .calls import aws_call
from .connection_rules import (
    CREDENTIALS,
    Profiles,
    asks_network,
    check_ca_bundle,
    check_credentials,
    check_endpoint,
    check_profile,
    check_region,
    insecurity,
    origin,
)
from .time_limits import TIMEOUTS, Patience, patience_for


class Clients:
    """A mixin that creates a task's clients, for classes of amazon.aws with a `client` method; it comes before them in the order of bases.

    Its methods raise InvalidOption for options that cannot work. The user's `aws_config` takes precedence over the time limits of this collection.
    """

    EXTRA: t.ClassVar[dict[str, str]] = {
        "profile_name": "s3_connection.profile",
        "region": "s3_connection.region",
        "endpoint": "s3_connection.endpoint_url",
    }
    """The option that each member of EXTRA comes from."""

    def client(self, service: str, *arguments: t.Any, **extra: t.Any) -> t.Any:
        """Return a client of SERVICE; EXTRA overrides the options, as in amazon.aws."""
        options = self._connection_options()
        self._check(options, extra)
        extra = {**self._keys(options, extra), **extra}
        client = super().client(service, *arguments, **{"config": TIMEOUTS, **extra})  # type: ignore[misc]
        self._patiences.setdefault(client.meta.endpoint_url, patience_for(options.get("aws_config"))).watch(
            client.meta.events
        )
        self._warn_once(insecurity(client.meta.endpoint_url, options.get("validate_certs") is not False))
        return client

    def _connection_options(self) -> t.Any:
        """Return an object whose `get` reads the options of the task."""
        raise NotImplementedError

    def _check(self, options: t.Any, extra: dict[str, t.Any]) -> None:
        """Check the connection options, each with the option or variable that is its source."""

        def given(option: str, value: t.Any, member: str = "") -> tuple[t.Any, str]:
            if extra.get(member):
                return extra[member], self.EXTRA[member]
            return value, origin(option, value, os.environ)

        check_credentials({name: options.get(name) for name in CREDENTIALS}, os.environ)
        profile, key = _profile_and_key(options, extra)
        if not key:
            check_profile(*given("profile", profile, "profile_name"), self._profiles)
        check_region(*given("region", self.region, "region"), os.environ)  # type: ignore[attr-defined]
        check_endpoint(*given("endpoint_url", options.get("endpoint_url"), "endpoint"))
        if options.get("validate_certs") is not False:
            path = options.get("aws_ca_bundle") or os.environ.get("AWS_CA_BUNDLE")  # the inventory has no such option
            check_ca_bundle(*given("aws_ca_bundle", path))

    def _keys(self, options: t.Any, extra: dict[str, t.Any]) -> dict[str, str]:
        """Return the keys of a profile for which botocore needs the network: fetched once for all clients, with the time limits of this collection.

        A client with its own limits gets none: it uploads bundles, during which keys may expire, and botocore only renews keys that it fetched itself.
        """
        profile, key = _profile_and_key(options, extra)
        if key or "config" in extra or not asks_network(self._profiles, profile, os.environ):
            return {}
        if profile not in self._known_keys:
            self._known_keys[profile] = _find_keys(profile, options.get("aws_config") or {})
        return self._known_keys[profile]

    @functools.cached_property
    def _known_keys(self) -> dict[str | None, dict[str, str]]:
        return {}

    @functools.cached_property
    def _profiles(self) -> Profiles:
        """Return the profiles of this host, from its configuration and credentials files."""
        from botocore.session import Session

        return t.cast("Profiles", Session().full_config["profiles"])

    @functools.cached_property
    def _patiences(self) -> dict[str, Patience]:
        """Return the patience with each address, which all of its clients share."""
        return {}

    @functools.cached_property
    def _warned(self) -> set[str]:
        return set()

    def _warn_once(self, warning: str | None) -> None:
        if warning and warning not in self._warned:
            self._warned.add(warning)
            self.warn(warning)  # type: ignore[attr-defined]


def _profile_and_key(options: t.Any, extra: dict[str, t.Any]) -> tuple[str | None, str | None]:
    """Return the profile and access key of a client; credentials in EXTRA replace all those of OPTIONS."""
    if "profile_name" in extra:
        return extra["profile_name"], extra.get("aws_access_key_id")
    return options.get("profile"), options.get("access_key")


@aws_call("get the credentials of the profile")
def _find_keys(profile: str | None, aws_config: dict[str, t.Any]) -> dict[str, str]:
    from botocore.config import Config
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session

    session = Session(profile=profile)
    session.set_default_client_config(Config(**TIMEOUTS).merge(Config(**aws_config)))
    patience_for(aws_config).watch(session)
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError()
    keys = credentials.get_frozen_credentials()
    return {
        "aws_access_key_id": keys.access_key,
        "aws_secret_access_key": keys.secret_key,
        "aws_session_token": keys.token,
    }


def client_options(connection: t.Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the option `s3_connection` as AnsibleAWSModule.client takes it. Its credentials replace all those of the module."""
    places = {"region": connection.get("region"), "endpoint": connection.get("endpoint_url")}
    given = {name: value for name, value in places.items() if value}
    if connection.get("profile") or connection.get("access_key"):
        return {
            **given,
            "profile_name": connection.get("profile"),
            "aws_access_key_id": connection.get("access_key"),
            "aws_secret_access_key": connection.get("secret_key"),
            "aws_session_token": connection.get("session_token"),
        }
    return dict(given)
