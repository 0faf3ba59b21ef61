"""Settings: config/defaults.toml, over it the home's config.toml; where data and homes live."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from watchlist.errors import InputError


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


@cache
def version() -> str:
    """The installed version of mentorwatch."""
    return metadata.version("mentorwatch")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DatabaseSettings(_Section):
    url: str


class NetworkSettings(_Section):
    ca_file: str
    gap_seconds: Annotated[float, Field(ge=2)]
    deadline_seconds: Annotated[float, Field(ge=1, le=60)]
    concurrency: Annotated[int, Field(ge=1, le=256)]
    max_body_mib: Annotated[int, Field(ge=1, le=10)]
    hosts: dict[str, str]

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


class Settings(_Section):
    """All settings of one home; frozen, validated, every value present."""

    home: Path
    contact: str
    about_url: str
    database: DatabaseSettings
    network: NetworkSettings
    feeds: FeedSettings
    crawl: CrawlSettings
    digest: DigestSettings
    companies: CompanySettings

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
    match = re.fullmatch(r"\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})", target)
    try:
        address = ipaddress.ip_address(match[1]) if match else None
    except ValueError:
        address = None
    if match is None or address is None or not address.is_loopback:
        raise ValueError(f"{name} = {target!r}: a host may only be mapped to a loopback address and port")
    return match[1], int(match[2])


def load_settings(home: Path) -> Settings:
    """Defaults, over them `home/config.toml` where there is one.

    Raises InputError with file and line for an unknown setting, a wrong type or value, or text that is no TOML.
    """
    file = home / "config.toml"
    values = tomllib.loads((config_dir() / "defaults.toml").read_text("utf-8"))
    if file.is_file():
        _merge(values, read_toml(file))
    try:
        return Settings.model_validate({**values, "home": home})
    except ValidationError as error:
        raise _setting_error(file, error) from None


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


def _merge(base: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict) and key != "hosts":
            _merge(base[key], value)
        else:
            base[key] = value


def _setting_error(file: Path, error: ValidationError) -> InputError:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    name = ".".join(path)
    if first["type"] == "extra_forbidden":
        message, hint = f"unknown setting {name!r}", "config/defaults.toml lists every setting"
    else:
        message, hint = f"setting {name!r}: {first['msg']}, not {first['input']!r}", None
    return InputError(message, file=file, line=_line_of(file, path), hint=hint)


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
