from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.watchlist.imports.exports import HEADER, NOTES, contact, export
from watchlist.errors import InputError
from watchlist.imports.connections import Connection, Connections, read_connections
from watchlist.settings import ImportSettings, load_settings

ADA = contact("Ada Quist", "Acme Widgets", "HR Director")
BO = contact("Bo Ferrari", "Bolt GmbH", "Head of People", slug="")


def limits(**values: Any) -> ImportSettings:
    return load_settings(Path("nowhere"), {}).imports.model_copy(update=values)


def read(tmp_path: Path, data: bytes, name: str = "Connections.csv", **values: Any) -> Connections:
    file = tmp_path / name
    file.write_bytes(data)
    return read_connections(file, limits(**values))


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        export(ADA, BO),
        export(ADA, BO, encoding="utf-8-sig"),
        export(ADA, BO, encoding="utf-16"),
        export(ADA, BO, notes=""),
        export(ADA, BO, notes="", delimiter=";"),
        export(ADA, BO, notes="Notes:\n", delimiter="\t"),
        export(ADA, BO).replace(b"\r\n", b"\n"),
        export(ADA, ("",) * 7, BO, ("",) * 3, ("", " ", "", "", "", "", "")),
        archive({"Connections.csv": export(ADA, BO), "messages.csv": b"secret"}),
        archive({"Basic_LinkedInDataExport_10-08-2026/connections.CSV": export(ADA, BO)}, zipfile.ZIP_STORED),
    ],
)
def test_every_form_of_the_export_gives_the_same_contacts(tmp_path: Path, data: bytes) -> None:
    first, second = read(tmp_path, data).rows
    assert (first.name, first.company, first.position) == ("Ada Quist", "Acme Widgets", "HR Director")
    assert (first.url, first.connected_on) == ("https://www.linkedin.com/in/ada-quist", "2025-10-08")
    assert (second.name, second.url) == ("Bo Ferrari", None)


def test_columns_stand_in_any_order_and_language(tmp_path: Path) -> None:
    header = ("Unternehmen", "Nachname", "Vorname", "E-Mail-Adresse", "Position", "Verbunden am", "Neu bei LinkedIn")
    row = ("Bolt GmbH", "Müller", "Jörg", "j@private.test", "Leiter Personal", "8 Okt 2025", "x")
    (found,) = read(tmp_path, export(row, header=header, notes="", encoding="cp1252")).rows
    told = (found.name, found.company, found.position, found.url, found.connected_on)
    assert told == ("Jörg Müller", "Bolt GmbH", "Leiter Personal", None, "8 Okt 2025")


def test_mail_addresses_are_left_out_wherever_they_stand(tmp_path: Path) -> None:
    row = ("Ada", "Quist", "", "ada@private.test", "Acme (ada@private.test)", "HR; write to ada.q@private.test", "")
    found = read(tmp_path, export(row))
    assert "private" not in repr(found)
    assert found.rows[0].position == "HR; write to"


def test_rows_that_are_no_contacts_are_counted_with_their_line(tmp_path: Path) -> None:
    closed = ("", "", "https://www.linkedin.com/in/gone", "", "", "", "03 Mar 2020")
    ragged = (*ADA, "one", "more")
    found = read(tmp_path, export(ADA, ("",) * 7, closed, ragged, BO, notes=""))
    assert [row.name for row in found.rows] == ["Ada Quist", "Bo Ferrari"]
    assert [(each.line, each.reason) for each in found.skipped] == [(3, "padding"), (4, "no_name"), (5, "ragged")]
    assert found.reasons == {"no_name": 1, "padding": 1, "ragged": 1}


def test_a_quote_that_is_never_closed_swallows_no_other_row(tmp_path: Path) -> None:
    text = export(ADA, notes="").decode() + 'Cy,Lind,,,"Core,CTO,01 Jan 2024\r\nDi,Marsh,,,Delta,CFO,01 Jan 2024\r\n'
    found = read(tmp_path, text.encode())
    assert [row.name for row in found.rows] == ["Ada Quist", "Di Marsh"]
    assert found.reasons == {"broken_quotes": 1}


def test_a_name_alone_is_a_contact(tmp_path: Path) -> None:
    (found,) = read(tmp_path, export(("Di", "Marsh", "", "", "", "", ""))).rows
    assert found == Connection(line=5, name="Di Marsh", url=None, company=None, position=None, connected_on=None)


def test_texts_are_bounded_and_hold_nothing_invisible(tmp_path: Path) -> None:
    row = ("Ada\u202e", "Qu\x07ist", "", "", "A" * 5000, "HR\r\nDirector", "")
    (found,) = read(tmp_path, export(row)).rows
    assert (found.name, found.position, len(found.company or "")) == ("Ada Qu ist", "HR Director", 300)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (NOTES.encode(), "no line names the columns"),
        (b"\x00\x01\x02" * 500, "no line names the columns"),
        (b"rank,name,website\n1,Acme,https://acme.test\n", "no line names the columns"),
        (archive({"messages.csv": b"x"}), "holds no Connections.csv"),
        (archive({"Connections.csv": export(ADA)})[:-40], "the archive is damaged"),
    ],
)
def test_what_is_no_export_is_refused_in_one_line(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as told:
        read(tmp_path, data)
    assert re.search("Get a copy of your data|download it again", str(told.value))
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.csv: No such file"):
        read_connections(tmp_path / "missing.csv", limits())


def test_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    bomb = archive({"Connections.csv": b"A" * (3 << 20)})
    assert len(bomb) < 10_000
    with pytest.raises(InputError, match=r"larger than imports\.max_file_mib = 1 allows"):
        read(tmp_path, bomb, max_file_mib=1)
    with pytest.raises(InputError, match=r"larger than imports\.max_file_mib = 1 allows"):
        read(tmp_path, b"A" * (2 << 20), max_file_mib=1)
    with pytest.raises(InputError, match=r"3 rows, more than imports\.max_contacts = 2 allows"):
        read(tmp_path, export(ADA, BO, ADA), max_contacts=2)


def test_an_archive_that_lies_about_sizes_or_is_locked_is_refused(tmp_path: Path) -> None:
    honest = archive({"Connections.csv": export(*[ADA] * 2000)})
    place = honest.index(b"PK\x01\x02")
    lying = honest[: place + 24] + struct.pack("<L", 10) + honest[place + 28 :]
    with pytest.raises(InputError, match="the archive is damaged"):
        read(tmp_path, lying)
    locked = bytearray(honest)
    locked[6] |= 1
    locked[place + 8] |= 1
    with pytest.raises(InputError, match="the archive is locked by a password"):
        read(tmp_path, bytes(locked))


def test_a_wide_preamble_does_not_hide_the_header(tmp_path: Path) -> None:
    notes = "".join(f"note {number}\r\n" for number in range(40))
    assert len(read(tmp_path, export(ADA, notes=notes)).rows) == 1
    assert HEADER[0] == "First Name"
