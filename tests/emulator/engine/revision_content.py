# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a revision holds that the service reads itself: the AppSpec of a deployment to Lambda or ECS."""

from __future__ import annotations

from ..aws.missing import MissingError
from ..aws.s3 import read_object
from ..state import Members, Region
from .appspec import AppSpecError, Format


def appspec_text(region: Region, location: Members) -> tuple[str, tuple[Format, ...]]:
    """The text of the AppSpec at a registered location, and the formats that it may be in. Raises AppSpecError.

    An object in S3 is read now, and in the one format that its bundleType says.
    """
    if location["revisionType"] == "S3":
        place = location["s3Location"]
        return _object_text(region, place), (place["bundleType"],)
    content = location.get("string") or location["appSpecContent"]
    return content["content"], ("JSON", "YAML")


def _object_text(region: Region, place: Members) -> str:
    names = place["bucket"], place["key"], place.get("version"), place.get("eTag")
    try:
        return read_object(region.account, region.name, *names).decode()
    except MissingError as missing:
        raise AppSpecError(str(missing)) from None
    except UnicodeDecodeError:
        raise AppSpecError("The input AppSpec file is not a text.") from None
