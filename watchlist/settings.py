"""Settings: config/defaults.toml, over it the home's config.toml; where data and homes live."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from watchlist.errors import InputError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def config_dir() -> Path:
    """The data folder `config/`: inside the wheel as `watchlist/_config`, beside the packages in a checkout."""
    shipped = Path(__file__).parent / "_config"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent / "config"


def default_home() -> Path:
    """MENTORWATCH_HOME, else the platform's data directory of this user."""
    if chosen := os.environ.get("MENTORWATCH_HOME"):
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("mentorwatch", appauthor=False)


DATABASE_VARIABLE = "MENTORWATCH_DATABASE_URL"
"""Goes before config.toml, so that a password need not lie in a file."""

# One @ at the most and a port of digits: what the driver would take for a host may be a part of the password.
_DATABASE_URL = re.compile(
    r"sqlite(\+\w+)?:///?.+|postgres(ql)?(\+\w+)?://([^@/?#\s]*@)?([\w.,%-]*|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/[^@\s]*"
)


@cache
def version() -> str:
    """The installed version of mentorwatch."""
    return metadata.version("mentorwatch")


_IN_A_HEADER = r"^[\x20-\x7e]*$"
"""Plain characters: it goes into the User-Agent."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class DatabaseSettings(_Section):
    url: Annotated[str, Field(repr=False)]

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        if url and not _DATABASE_URL.fullmatch(url):
            raise ValueError("neither sqlite:///FILE nor postgresql+psycopg://HOST/NAME (before HOST: USER, PASSWORD)")
        # it would be shown wherever the driver hides only the usual one
        if re.search(r"[?&]\w*password=", url):
            raise ValueError("a password belongs before the host, not among the parameters")
        return url


class NetworkSettings(_Section):
    ca_file: str
    gap_seconds: Annotated[float, Field(ge=2, le=3600, allow_inf_nan=False)]
    deadline_seconds: Annotated[float, Field(ge=1, le=60, allow_inf_nan=False)]
    concurrency: Annotated[int, Field(ge=1, le=256)]
    max_body_mib: Annotated[int, Field(ge=1, le=10)]
    hosts: dict[str, str]
    private_hosts: list[str]

    @field_validator("private_hosts")
    @classmethod
    def _are_names(cls, names: list[str]) -> list[str]:
        for name in names:
            if not re.fullmatch(r"(?=.*[a-z])[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
                raise ValueError(f"{name!r} is not the name of one host in lower case")
        return names

    @field_validator("hosts")
    @classmethod
    def _on_loopback(cls, hosts: dict[str, str]) -> dict[str, str]:
        for name, target in hosts.items():
            parse_loopback(name, target)
        return hosts


class FeedSettings(_Section):
    obey_robots: bool
    every_minutes: Annotated[int, Field(ge=15, le=24 * 60)]
    baseline_days: Annotated[int, Field(ge=0, le=365)]


class CrawlSettings(_Section):
    every_days: Annotated[int, Field(ge=1, le=365)]
    pages_per_site: Annotated[int, Field(ge=1, le=100)]
    profiles_per_site: Annotated[int, Field(ge=0, le=100)]
    news_pages_per_site: Annotated[int, Field(ge=0, le=10)]
    list_pages_per_site: Annotated[int, Field(ge=0, le=100)]
    mib_per_site: Annotated[int, Field(ge=1, le=500)]
    minutes_per_site: Annotated[int, Field(ge=1, le=240)]
    depth: Annotated[int, Field(ge=1, le=10)]


class RegistrySettings(_Section):
    ownership_filings: Annotated[int, Field(ge=1, le=500)]
    ownership_months: Annotated[int, Field(ge=1, le=600)]
    reports: Annotated[int, Field(ge=0, le=100)]


class DigestSettings(_Section):
    hour: Annotated[int, Field(ge=0, le=23)]
    timezone: str
    max_items: Annotated[int, Field(ge=1, le=200)]
    items_per_person: Annotated[int, Field(ge=1, le=20)]
    new_candidates: Annotated[int, Field(ge=0, le=50)]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        from zoneinfo import ZoneInfo

        if name:
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError(f"no time zone is called {name!r}") from error
        return name


class CompanySettings(_Section):
    max_rows: Annotated[int, Field(ge=1, le=100_000)]


class ImportSettings(_Section):
    max_file_mib: Annotated[int, Field(ge=1, le=1024)]
    max_page_mib: Annotated[int, Field(ge=1, le=100)]
    max_contacts: Annotated[int, Field(ge=1, le=1_000_000)]


class Settings(_Section):
    """All settings of one home; frozen, validated, every value present."""

    home: Path
    contact: Annotated[str, Field(pattern=_IN_A_HEADER)]
    about_url: Annotated[str, Field(pattern=_IN_A_HEADER)]
    database: DatabaseSettings
    network: NetworkSettings
    feeds: FeedSettings
    crawl: CrawlSettings
    registries: RegistrySettings
    digest: DigestSettings
    companies: CompanySettings
    imports: ImportSettings

    @field_validator("contact", "about_url")
    @classmethod
    def _no_password(cls, text: str) -> str:
        if re.search(r"://[^/\s]*@", text):
            raise ValueError("every crawled site sees it: no user name or password")
        return text

    @property
    def database_url(self) -> str:
        """The configured database, or the SQLite file of the home."""
        return self.database.url or f"sqlite:///{self.home / 'mentorwatch.db'}"

    @property
    def user_agent(self) -> str:
        """`mentorwatch/VERSION (+URL; contact)`; parts that are not set are left out."""
        about = [f"+{self.about_url}"] if self.about_url else []
        return f"mentorwatch/{version()} ({'; '.join([*about, self.contact])})"


def parse_loopback(name: str, target: str) -> tuple[str, int]:
    """`"127.0.0.1:8443"` as (address, port).

    Raises ValueError unless the address is a loopback address: only names of a test network may be mapped.
    """
    match = re.fullmatch(r"\[?([0-9a-fA-F.:]+?)\]?:([0-9]{1,5})", target)
    try:
        address = ipaddress.ip_address(match[1]) if match else None
    except ValueError:
        address = None
    if match is None or address is None or not address.is_loopback or not 0 < int(match[2]) < 1 << 16:
        raise ValueError(f"{name} = {target!r}: a host may only be mapped to a loopback address and port")
    return match[1], int(match[2])


def load_settings(home: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Defaults, over them `home/config.toml` where there is one, over it MENTORWATCH_DATABASE_URL.

    `environ` is the environment; an empty one keeps a home to its own database. Raises InputError with file and line
    (or the variable) for an unknown setting, a wrong type or value, or text that is no TOML; never with a password.
    """
    file = home / "config.toml"
    values = tomllib.loads((config_dir() / "defaults.toml").read_text("utf-8"))
    if file.exists():
        _merge(values, read_toml(file))
    chosen = (os.environ if environ is None else environ).get(DATABASE_VARIABLE, "").strip()
    if chosen:
        values["database"] = {"url": chosen}
    try:
        return Settings.model_validate({**values, "home": home})
    except ValidationError as error:
        raise _setting_error(file, error, of_environment=bool(chosen)) from None


def write_setting(home: Path, name: str, value: str) -> None:
    """Set one top-level text setting in `home/config.toml`; everything else in the file stays as it is."""
    file = home / "config.toml"
    lines = file.read_text("utf-8-sig").splitlines() if file.is_file() else []
    line = f"{name} = {json.dumps(value)}"  # a JSON string is a TOML basic string
    end = next((number for number, text in enumerate(lines) if text.lstrip().startswith("[")), len(lines))
    place = next((number for number in range(end) if re.match(rf"\s*{name}\s*=", lines[number])), None)
    if place is None:
        lines.insert(0, line)
    else:
        lines[place] = line
    new = file.with_name(".config.toml.new")  # replaced at once: a kill leaves the old file or the new one
    new.write_text("\n".join(lines) + "\n", "utf-8")
    new.chmod(0o600)
    new.replace(file)


def read_toml(file: Path) -> dict[str, Any]:
    """A TOML file as a dict. Raises InputError naming the line that is no TOML or no UTF-8."""
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise InputError(f"not valid TOML: {error}", file=file, line=int(line[1]) if line else None) from None
    except UnicodeDecodeError as error:
        line_number = file.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError("not UTF-8 text", file=file, line=line_number) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets within brackets
        raise InputError("not valid TOML: a number or a nesting without end", file=file) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=file) from None


def _merge(base: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict) and key != "hosts":
            _merge(base[key], value)
        else:
            base[key] = value


def _setting_error(file: Path, error: ValidationError, *, of_environment: bool) -> InputError:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    name, problem = ".".join(path), _problem(first)
    is_secret = path[0] == "database"  # may hold a password, so it is not said again
    if is_secret and of_environment:
        return InputError(problem, file=f"environment variable {DATABASE_VARIABLE}", hint=_ESCAPES)
    if first["type"] == "extra_forbidden":
        message, hint = f"unknown setting {name!r}", "config/defaults.toml lists every setting"
    elif is_secret:
        message, hint = f"setting {name!r}: {problem}", _ESCAPES
    else:
        message, hint = f"setting {name!r}: {problem}, not {_shown(first['input'])}", None
    return InputError(message, file=file, line=_line_of(file, path), hint=hint)


_MUST_BE: Mapping[str, str] = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "list_type": "must be a list in brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table, [SECTION] on a line of its own",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
    "string_pattern_mismatch": "must be plain characters, for it goes into a header",
}
"""What is wrong with a value, by pydantic's name of the error."""


def _problem(error: ErrorDetails) -> str:
    known = _MUST_BE.get(error["type"])
    if known is None:
        return error["msg"].removeprefix("Value error, ")
    return known.format(**error.get("ctx", {}))


_ESCAPES = "in a password write %40 for @, %3A for :, %2F for /"


def _shown(value: object) -> str:
    """A value that was given, as far as it fits into the line, without user names and passwords."""
    if isinstance(value, int) and abs(value) > 10**18:
        return "a number of that size"
    text = re.sub(r"://[^@\s]*@", "://***@", repr(value))
    return text if len(text) <= 80 else f"{text[:77]}..."


def _line_of(file: Path, path: list[str]) -> int | None:
    """The line on which a dotted setting stands; tomllib keeps no positions, so the text is scanned."""
    table: list[str] = []
    found = None
    for number, line in enumerate(file.read_text("utf-8-sig").splitlines(), 1):
        if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            table = [part.strip(" \"'") for part in header[1].split(".")]
            keys = table
        elif assignment := re.match(r"\s*([\w\"'.-]+)\s*=", line):
            keys = [*table, *(part.strip("\"'") for part in assignment[1].split("."))]
        else:
            continue
        if keys == path[: len(keys)] and keys:
            found = number
    return found
