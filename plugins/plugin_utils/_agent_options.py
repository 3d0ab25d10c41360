# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for the options of the role `agent` that its argument specification cannot express. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import json
import posixpath
import re
import typing as t
from collections.abc import Callable, Iterator
from functools import partial

from ..module_utils._validation import InvalidOption, check_arn, check_instance_name, check_instance_tags, check_tags
from ._agent_paths import CONTROL, SYSTEMS, is_within, path_problem
from ._quoting import LINE_END

Options = t.Mapping[str, t.Any]

REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-[0-9]+")
FIPS_REGION = re.compile(r"us-(east|west|gov-east|gov-west)-[12]")
VERSION = re.compile(r"present|latest|[12]\.[0-9]+\.[0-9]+-[0-9]+")
CHECKSUM = re.compile(r"(sha256:)?[0-9A-Fa-f]{64}")
URL = re.compile(r"""https?://[^\s"'<>\\^`{|}\x00-\x1f\x7f]+""")
PROXY = re.compile(r"https?://([^/@\s]+@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]+)?/?")
# The sizes that logrotate accepts (its manual, size).
LOG_SIZE = re.compile(r"[0-9]+[kMG]?")
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+~%@=-]*")
CONFIGURATION_KEY = re.compile(r"[a-z][a-z0-9_]*")
NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# systemd, "User/Group Name Syntax", except for characters that are special in a unit, in logrotate's file, or to su.
USER_NAME = re.compile(r"(?![0-9]+\$?\Z)\w[\w.@-]{0,254}\$?")
# Characters that are special to a shell. Agent 1.8 does not quote the names of scripts that it runs as another user (its source, hook_executor.rb).
PLAIN_PATH = re.compile(r"[\w./+@%:=,-]+")
# AWS IAM API reference, CreateUser; Amazon S3 user guide, "Bucket naming rules".
IAM_PATH = re.compile(r"/([!-.0-~][!-~]{0,508}/)?")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^*?]*)?")
LONGEST_USER_NAME = 64

FOLDERS = ("log_dir", "pid_dir", "root_dir")
USER_OPTIONS = ("agent_iam_user_arn", "agent_access_key_id", "agent_secret_access_key")
SESSION_OPTIONS = ("agent_iam_session_arn", "agent_credentials_command")
# The options that only apply to an on-premises host.
IDENTITY_OPTIONS = ("agent_iam_user", "agent_credentials_file", *USER_OPTIONS, *SESSION_OPTIONS, "agent_tags")

# The keys that only one line of the agent reads (AWS user guide, reference-agent-configuration; change log of host agent 2.0.0 and 2.1.0).
KEYS_OF_LINE = {
    "1.8": {"children", "codedeploy_test_profile", "max_runs_per_worker", "wait_between_spawning_children"},
    "2": {
        "archive_max_extraction_size",
        "disable_core_dumps",
        "disable_powershell_profile_in_hooks",
        "enable_archive_reuse",
        "enable_command_port",
        "ignore_ownership_in_bundle",
        "reject_path_traversal_in_bundle",
        "reject_symlink_permission_targets",
        "reject_symlinks_in_bundle",
        "reject_unconfined_selinux_in_bundle",
        "reject_unsafe_permissions_in_bundle",
        "restrict_agent_dir_permissions",
        "restrict_hook_env_to_allowlist",
        "restrict_log_dir_permissions",
        "strip_loader_env_in_hooks",
    },
}


class Plan(t.NamedTuple):
    """The values that the role has derived from the options and the host.

    WORKS: the agent must work when the entry point has ended, so its options must be complete. LINE is the agent's line that the host will have;
    NAMED_VERSION and NAMED_LINE are those that the options name, and PACKAGE_VERSION that of the package file; each is empty if there is none.
    SETTINGS is the agent's whole configuration. OWN_FOLDERS and OWN_FILES are the paths of the role's and the agent's own files, and
    EXAMPLE is a valid folder for an option.
    """

    verb: str
    works: bool
    system: str
    line: str
    named_version: str
    named_line: str
    package_version: str
    settings: Options
    on_premises_file: str
    credentials_file: str
    own_folders: t.Sequence[str]
    own_files: t.Sequence[str]
    example: str


def option_problems(options: Options, plan: Plan) -> list[str]:
    """Return the problems with OPTIONS, one sentence for each, without secrets."""
    # YAML reads a version such as 1.8 as a number, and Ansible does not convert the options of a role.
    texts = {name: str(value) if isinstance(value, (int, float)) else value for name, value in options.items()}
    return [f"{problem}." for rule in RULES for problem in rule(texts, plan)]


def _region_problems(options: Options, plan: Plan) -> Iterator[str]:
    region = options.get("agent_region") or ""
    if not region:
        if plan.verb not in ("configure", "remove"):
            asked = " and no instance metadata service answers on the host" if _identity(options) == "ec2" else ""
            yield f"agent_region: is not set{asked and ',' + asked}; set it to the region that deploys to the host, such as us-east-1"
    elif not REGION.fullmatch(region):
        yield f"agent_region: {region!r} is not the name of a region; expected something like us-east-1"
    elif _is_true(plan.settings.get("use_fips_mode")) and not FIPS_REGION.fullmatch(region):
        yield (
            f"agent_configuration.use_fips_mode: there is no FIPS endpoint in agent_region {region!r}; unset it, or use us-east-1, us-east-2, "
            "us-west-1, us-west-2, us-gov-east-1 or us-gov-west-1"
        )


def _version_problems(options: Options, plan: Plan) -> Iterator[str]:
    version, package = options["agent_version"], options.get("agent_package")
    channel = options.get("agent_channel", plan.named_line)
    pinned = version not in ("present", "latest")
    if not VERSION.fullmatch(version):
        yield (
            f"agent_version: {version!r} is not valid; set present, latest, or a version with its build number as in the package's name, such as "
            "1.8.1-45 or 2.1.0-9745926189"
        )
    elif plan.named_line and channel != plan.named_line:
        yield (
            f"{'agent_version' if pinned else 'agent_package'}: version {plan.named_version} belongs to channel {plan.named_line}, but agent_channel "
            f"is {channel}; omit agent_channel, or make them agree"
        )
    if pinned and plan.package_version not in ("", version):
        yield (
            f"agent_version: is {version}, but agent_package {posixpath.basename(str(package))} holds {plan.package_version}; omit agent_version, or "
            "make them agree"
        )
    if package is not None and version == "latest":
        yield "agent_version: latest cannot be combined with agent_package; set the version of the package, such as 1.8.1-45, or present"


def _package_problems(options: Options, _plan: Plan) -> Iterator[str]:
    url, package, checksum = (options.get(f"agent_{name}") for name in ("bucket_url", "package", "package_checksum"))
    # AWS does not sign its packages: only TLS, or a digest that is known in advance, authenticates one.
    if url and (not URL.fullmatch(url) or not url.startswith("https://")):
        yield f"agent_bucket_url: {url!r} is not an https:// URL; a package is not fetched over plain http"
    if package is not None:
        remote = re.match("https?://", package) is not None
        if remote and not URL.fullmatch(package):
            yield f"agent_package: {package!r} is not a valid URL; percent-encode its special characters"
        if not FILE_NAME.fullmatch(posixpath.basename(package)) or CONTROL.search(package):
            yield f"agent_package: {package!r} does not end in the name of a package file; expected something like codedeploy-agent_1.8.1-45_all.deb"
        if package.startswith("http://") and checksum is None:
            yield "agent_package: a package is not fetched over plain http without agent_package_checksum; set it, or use an https:// URL"
    if checksum is not None and not CHECKSUM.fullmatch(checksum):
        yield f"agent_package_checksum: {checksum!r} is not a digest; set sha256: followed by 64 hexadecimal digits"


def _proxy_problems(options: Options, plan: Plan) -> Iterator[str]:
    proxies = {
        "agent_proxy": options.get("agent_proxy"),
        "agent_configuration.proxy_uri": plan.settings.get("proxy_uri"),
    }
    if proxies["agent_proxy"] == proxies["agent_configuration.proxy_uri"]:
        del proxies["agent_configuration.proxy_uri"]
    for name, proxy in proxies.items():
        if proxy and not PROXY.fullmatch(str(proxy)):
            yield (
                f"{name}: is not a valid proxy URL (it may hold a password, so it is not shown); set http:// or https://, a host, a colon and the port, "
                "such as http://proxy.example.org:3128, with user:password@ before the host if needed, and special characters percent-encoded"
            )


def _number_problems(options: Options, _plan: Plan) -> Iterator[str]:
    seconds = {"agent_deployment_wait": 0, "agent_credentials_renewal": 1, "agent_verify_timeout": 1}
    for name, lowest in seconds.items():
        if not re.fullmatch("[0-9]+", options[name]) or int(options[name]) < lowest:
            yield f"{name}: {options[name]!r} is not a number of seconds; set {lowest} or more"
    for key, value in options["agent_configuration"].items():
        # The agent keeps at least one revision (observed with host agent 1.8.1).
        lowest = int(key == "max_revisions")
        if re.fullmatch("-?[0-9]+", str(value)) and int(value) < lowest:
            yield f"agent_configuration.{key}: {value} is too small; set {lowest} or more"
    rotation = options.get("agent_log_rotation") or {}
    if not LOG_SIZE.fullmatch(str(rotation.get("size", "64M"))):
        yield f"agent_log_rotation.size: {rotation['size']!r} is not valid; set a number of bytes, optionally followed by k, M or G"
    if not re.fullmatch("[0-9]+", str(rotation.get("keep", 7))):
        yield f"agent_log_rotation.keep: {rotation['keep']!r} is not a number of files; set 0 or more"


def _configuration_problems(options: Options, plan: Plan) -> Iterator[str]:
    other = {"1.8": "2", "2": "1.8"}[plan.line]
    foreign = sorted(KEYS_OF_LINE[other] & set(options["agent_configuration"]))
    if foreign:
        yield (
            f"agent_configuration: agent {plan.line}.x does not know {', '.join(foreign)}; remove the keys, or choose the other line with agent_channel"
        )
    for key in options["agent_extra_configuration"]:
        if not CONFIGURATION_KEY.fullmatch(str(key)):
            yield f"agent_extra_configuration: {key!r} is not a valid key; use lower-case letters, digits and underscores, without a colon"
    for key in ("program_name", "ongoing_deployment_tracking"):
        if key in plan.settings and not FILE_NAME.fullmatch(str(plan.settings[key])):
            yield f"agent_configuration.{key}: {plan.settings[key]!r} is not a valid file name; use letters, digits and . _ -"
    for key, value in plan.settings.items():
        # Other characters have an escape in JSON. The value of proxy_uri may hold a password, and has a rule of its own.
        if key != "proxy_uri" and NOT_IN_YAML.search(json.dumps(value, ensure_ascii=False, default=str)):
            yield f"agent_configuration.{key}: has a control character or a line separator, which a YAML file cannot hold; remove it"


def _path_problems(_options: Options, plan: Plan) -> Iterator[str]:
    """Return the problems with paths: a purge removes the folders as a whole, agent_user becomes their owner, and the files are written as root."""
    system = SYSTEMS[plan.system]
    folders = {f"agent_configuration.{key}": plan.settings[key] for key in FOLDERS if key in plan.settings}
    files = {
        "agent_configuration.on_premises_config_file": plan.on_premises_file,
        "agent_credentials_file": plan.credentials_file,
    }
    for name, path in {**folders, **files}.items():
        problem = path_problem(path, system)
        if problem:
            yield f"{name}: {path!r} {problem}; set an absolute path of the agent alone, such as {plan.example}"
    if any(path_problem(path, system) for path in (*folders.values(), *files.values())):
        return
    if plan.system == "linux" and not PLAIN_PATH.fullmatch(str(plan.settings["root_dir"])):
        yield f"agent_configuration.root_dir: {plan.settings['root_dir']!r} has a space or a shell character, which agent 1.8 cannot handle; remove it"
    for name, path in folders.items():
        if any(is_within(path, own, system) or is_within(own, path, system) for own in plan.own_folders):
            yield f"{name}: {path!r} is used by the agent's program or by the role; choose another folder"
    others = list(plan.own_files)
    for name, path in files.items():
        if any(is_within(other, path, system) for other in others):
            yield f"{name}: {path!r} is another file of the agent; choose another name"
        others.append(path)
        # On Windows the agent runs as SYSTEM, and all its files are in the folder of its deployments.
        if plan.system != "windows" and any(is_within(path, folder, system) for folder in folders.values()):
            yield f"{name}: {path!r} is in a folder that agent_user owns and could replace; choose another folder"


def _environment_problems(options: Options, _plan: Plan) -> Iterator[str]:
    for name, value in options["agent_environment"].items():
        if not VARIABLE.fullmatch(str(name)):
            yield f"agent_environment: {name!r} is not a valid variable name; use letters, digits and underscores, and no digit at the beginning"
        if LINE_END.search(str(value)):
            yield f"agent_environment: the value of {name!r} has a line break (it may be a secret, so it is not shown); remove it"


def _user_problems(options: Options, _plan: Plan) -> Iterator[str]:
    user = options.get("agent_user") or "root"
    if not USER_NAME.fullmatch(user):
        yield f"agent_user: {user!r} is not a valid user name; use letters, digits and . _ - @"
    command = str(options.get("agent_credentials_command") or "").strip()
    if CONTROL.search(command.replace("\t", " ")):
        yield "agent_credentials_command: is not one line (it may hold a secret, so it is not shown); join its lines, or put them into a script"
    for name in ("agent_access_key_id", "agent_secret_access_key"):
        if CONTROL.search(str(options.get(name) or "")):
            yield f"{name}: has a line break or another control character (it is a secret, so it is not shown); remove it"


def _is_true(value: t.Any) -> bool:
    """Return whether VALUE is true to Ansible's filter bool, which the tasks use."""
    return str(value).lower() in ("true", "yes", "on", "1", "y", "t")


def _identity(options: Options) -> str:
    return str(options["agent_identity"])


def _identity_problems(options: Options, plan: Plan) -> Iterator[str]:
    identity, makes_user = _identity(options), "agent_iam_user" in options
    given = [name for name in IDENTITY_OPTIONS if options.get(name) not in ("", None)]
    needed = {"iam_user": () if makes_user else USER_OPTIONS, "iam_session": SESSION_OPTIONS}.get(identity, ())
    barred = {"ec2": IDENTITY_OPTIONS, "iam_session": ("agent_iam_user",)}.get(identity, ())
    missing = [name for name in needed if name not in given]
    extra = [name for name in barred if name in given and (name != "agent_tags" or options[name])]
    of_another = [name for name in USER_OPTIONS if name in options]
    if plan.works and missing:
        instead = ", or agent_iam_user instead, with which the role creates the user" if identity == "iam_user" else ""
        yield f"agent_identity: {identity} needs {' and '.join(missing)} too; set them{instead}"
    if plan.works and extra:
        yield (
            f"agent_identity: {identity} cannot be combined with {' and '.join(extra)}; remove what is not meant, or set agent_identity to what the "
            "host is: ec2, iam_user or iam_session"
        )
    if makes_user and of_another:
        yield f"agent_iam_user: the role creates the IAM user, so it cannot be combined with {' and '.join(of_another)}; set one or the other"


def _service_problems(options: Options, _plan: Plan) -> Iterator[str]:
    """Return the problems that the module would also find, but only after the package is installed."""
    tags = options["agent_tags"]
    checks = [
        partial(check_instance_tags, "agent_tags", tags),
        partial(check_tags, "agent_tags", tags, shortest_value=1),
    ]
    for option, kind in (("agent_iam_user_arn", "user"), ("agent_iam_session_arn", "session")):
        if options.get(option):
            checks.append(partial(check_arn, option, options[option], kind))
    if _identity(options) != "ec2":
        checks.append(partial(check_instance_name, "agent_instance_name", options["agent_instance_name"]))
    for check in checks:
        try:
            check()
        except InvalidOption as error:
            yield str(error)


def _new_user_problems(options: Options, _plan: Plan) -> Iterator[str]:
    if "agent_iam_user" not in options:
        return
    name, user = options["agent_instance_name"], options["agent_iam_user"] or {}
    if len(name) > LONGEST_USER_NAME:
        yield (
            f"agent_instance_name: {name!r} has {len(name)} characters, but it is also the name of the IAM user that agent_iam_user creates, which may "
            f"have at most {LONGEST_USER_NAME}; choose a shorter one"
        )
    path = user.get("path") or "/"
    if not IAM_PATH.fullmatch(path):
        yield f"agent_iam_user.path: {path!r} is not a valid path; it must begin and end with /"
    for bucket in user.get("buckets") or []:
        if not BUCKET.fullmatch(str(bucket)):
            yield f"agent_iam_user.buckets: {bucket!r} is not a bucket name, optionally followed by / and a prefix; fix it"


RULES: tuple[Callable[[Options, Plan], Iterator[str]], ...] = (
    _region_problems,
    _version_problems,
    _package_problems,
    _proxy_problems,
    _number_problems,
    _configuration_problems,
    _path_problems,
    _environment_problems,
    _user_problems,
    _identity_problems,
    _service_problems,
    _new_user_problems,
)
