"""What is checked of an Excel file before it is opened: that it is one, of a sane size, without macros or entities."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

from portfolio.workbook.mistakes import in_file
from sim.api import Mistake, UserMistakes

LARGEST_FILE = 10 * 2**20
"""[bytes]"""
LARGEST_UNZIPPED = 20 * 2**20
"""All parts together [bytes]; a portfolio of 100 initiatives takes less than one million."""
HIGHEST_RATIO = 100
"""Unzipped to zipped; XML written by Excel stays under 30."""
MOST_PARTS = 500

_SMALL = 2**16
"""Parts under this size [bytes] may have any ratio."""
_OLD = b"\xd0\xcf\x11\xe0"
_FOREIGN = {
    "xl/vbaProject": "holds macros",
    "xl/externalLinks/": "links to other workbooks",
    "xl/embeddings/": "holds embedded files",
    "xl/connections": "fetches data from elsewhere",
    "xl/activeX/": "holds active controls",
}


def check(file: Path) -> None:
    """Refuse whatever is not a plain workbook of a sane size; nothing is unzipped before its declared size is known.

    Args:
        file: the workbook.

    Raises:
        UserMistakes: what is wrong with it.
    """
    try:
        _check_kind(file)
        with zipfile.ZipFile(file) as archive:
            _refuse(file, [*_sizes(file, archive), *_content(archive)])
            _refuse(file, list(_entities(archive)))
    except OSError as error:
        raise _told(file, f"cannot be read ({error.strerror})", "Name a workbook that is there") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _told(file, "is damaged", "Open it in Excel and save it again as .xlsx") from error


def _check_kind(file: Path) -> None:
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise _told(
            file, f"is {size:,} bytes", f"A portfolio takes less than {LARGEST_FILE:,}; start from the template"
        )
    with file.open("rb") as stream:
        start = stream.read(4)
    if start == _OLD:
        raise _told(file, "is an old or password-protected workbook", "Save it as .xlsx without a password")
    if start[:2] != b"PK":
        raise _told(file, "is not an Excel workbook", "Start from 'portfolio template', or save it as .xlsx")


def _sizes(file: Path, archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """What is wrong with the declared sizes; a part can never give more than it declares."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        yield f"has {len(parts):,} parts", f"A portfolio has fewer than {MOST_PARTS}; start from the template"
    unzipped = sum(part.file_size for part in parts)
    if unzipped > LARGEST_UNZIPPED:
        yield f"would be {unzipped:,} bytes unzipped", f"At most {LARGEST_UNZIPPED:,}; start from the template"
    if sum(part.compress_size for part in parts) > file.stat().st_size:
        yield "has parts that overlap", "Open it in Excel and save it again as .xlsx"
    for part in parts:
        if part.file_size > max(_SMALL, HIGHEST_RATIO * part.compress_size):
            ratio = part.file_size // max(part.compress_size, 1)
            yield f"{part.filename} unzips to {ratio:,} times its size", f"At most {HIGHEST_RATIO}; use the template"


def _content(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    names = archive.namelist()
    if len(set(names)) < len(names):
        yield "has two parts of the same name", "Open it in Excel and save it again as .xlsx"
    if any(part.flag_bits & 1 for part in archive.infolist()):
        yield "is encrypted", "Save it without a password"
    if "xl/workbook.xml" not in names:
        yield "is not an Excel workbook", "Start from 'portfolio template', or save it as .xlsx"
    for start, what in _FOREIGN.items():
        if any(name.startswith(start) for name in names):
            yield what, "Save it as .xlsx with values only"


def _entities(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Parts with a document type or entities, which a workbook never needs."""
    from defusedxml import DefusedXmlException, ElementTree  # noqa: PLC0415 an extra

    for name in archive.namelist():
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        try:
            ElementTree.fromstring(archive.read(name), forbid_dtd=True)
        except DefusedXmlException:
            yield f"{name} declares entities", "Open it in Excel and save it again as .xlsx"
        except (ParseError, ValueError):
            yield f"{name} is not XML", "Open it in Excel and save it again as .xlsx"


def _refuse(file: Path, found: list[tuple[str, str]]) -> None:
    if found:
        raise UserMistakes([in_file(file, what, remedy) for what, remedy in found])


def _told(file: Path, found: str, remedy: str) -> UserMistakes:
    return UserMistakes(_mistake(file, found, remedy))


def _mistake(file: Path, found: str, remedy: str) -> Mistake:
    return in_file(file, found, remedy)
