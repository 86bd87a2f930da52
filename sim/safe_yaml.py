"""YAML that can be trusted: plain data and the line of every key and value, from one pass over the parser's events.

No anchors, aliases, tags, merge keys or second documents; bounded size, depth and number of nodes; YAML 1.2-like
scalars, so that ``no``, ``010``, ``12:30`` and ``2025-01`` stay text. Keys are always text, and text is NFC. Every
mistake is told with its line.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from sim.errors import Mistake, UserMistakes

MAX_BYTES = 1 << 20
"""Largest file [bytes]."""
MAX_DEPTH = 40
"""Most levels inside each other."""
MAX_NODES = 50_000
"""Most keys and values together."""
MAX_NUMBER = 40
"""Most characters in a number."""
MAX_MISTAKES = 50
"""Most mistakes told at once."""

Path = tuple[str | int, ...]
"""Keys and list positions (from 0) from the top of the file to a value."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_BREAK = re.compile("\r\n|\r|\n")
_WHOLE = r"(?:0|[1-9][0-9]{0,2}(?:_[0-9]{3})+|[1-9][0-9]*)"
_INTEGER = re.compile(rf"[-+]?{_WHOLE}")
_DECIMAL = re.compile(rf"[-+]?(?:\.[0-9]+|{_WHOLE}(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says and where it says it."""

    file: str
    """Name of the file as the user wrote it."""
    data: Any
    """Mappings, lists, text, numbers, true, false and None."""
    key_lines: Mapping[Path, int]
    """Line, from 1, of the key that a path ends with; list items have none."""
    value_lines: Mapping[Path, int]
    """Line, from 1, on which the value at a path begins."""


def load(text: str | bytes, *, file: str) -> Document:
    """What a YAML text says, with the line of every key and value.

    Args:
        text: the text, or the bytes of a file in UTF-8 with or without byte order mark.
        file: name of the file as the user wrote it, for the messages.

    Raises:
        UserMistakes: every mistake found; a syntax error, excess depth or size ends the search.
    """
    if len(text) > MAX_BYTES:
        raise UserMistakes(too_large(file))
    readable = decoded(text, file=file) if isinstance(text, bytes) else text
    readable = readable.removeprefix("\ufeff")
    if len(readable.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UserMistakes(too_large(file))
    invisible = list(_invisible_characters(readable, file))
    if invisible:
        raise UserMistakes(at_most(invisible, file))
    return _built(readable, file)


def decoded(raw: bytes, *, file: str) -> str:
    """The text of a file in UTF-8; any other encoding is a mistake with the line where it shows."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        found, line = "the file is in UTF-16", 1
    else:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            found = f"the byte {raw[error.start]:#04x} is not UTF-8, as when a file is saved in an older encoding"
    raise UserMistakes(Mistake("text", found, "Save the file again with the encoding UTF-8", file, line))


def too_large(file: str) -> Mistake:
    """That a file is larger than any scenario needs to be."""
    return Mistake("file", f"more than {MAX_BYTES // 1024} KiB", "Put long lists of clinics in a CSV file", file)


def dotted(path: Path) -> str:
    """A path for people: keys joined by dots, list items counted from 1.

    >>> dotted(("events", 0, "month"))
    'events.1.month'
    """
    return ".".join(str(step + 1) if isinstance(step, int) else shortened(step) for step in path)


def shortened(text: str, most: int = 60) -> str:
    """A text that fits in a message, with what cannot be seen written out.

    >>> shortened("a" * 100, most=5)
    'aaaa…'
    """
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in cut)


def at_most(mistakes: list[Mistake], file: str | None) -> list[Mistake]:
    """The first mistakes, and how many more there are."""
    more = len(mistakes) - MAX_MISTAKES
    if more <= 0:
        return mistakes
    return [*mistakes[:MAX_MISTAKES], Mistake("file", f"{more} more mistakes", "Mend those above first", file)]


class RefusedScalarError(ValueError):
    """A value that looks like a number but cannot be one."""

    def __init__(self, found: str, remedy: str) -> None:
        """Keep what was found and what to write."""
        self.found, self.remedy = found, remedy
        super().__init__(f"{found}. {remedy}")


def plain_scalar(text: str) -> bool | int | float | str | None:
    """What an unquoted word means, much as in YAML 1.2.

    >>> [plain_scalar(word) for word in ("24_000_000", "0.5", "true", "~")]
    [24000000, 0.5, True, None]
    >>> [plain_scalar(word) for word in ("no", "010", "12:30", "2025-01")]
    ['no', '010', '12:30', '2025-01']

    Raises:
        RefusedScalarError: not a number, infinite, or too long to be meant.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise RefusedScalarError(f"{text} is not a number to reckon with", "Write an ordinary number")
    whole = _INTEGER.fullmatch(text)
    if not whole and not _DECIMAL.fullmatch(text):
        return text
    if len(text) > MAX_NUMBER:
        raise RefusedScalarError(f"a number of {len(text)} characters", f"Write at most {MAX_NUMBER} of them")
    return int(text) if whole else _decimal(text)


def _decimal(text: str) -> float:
    value = float(text)
    mantissa = re.split("[eE]", text)[0]
    if math.isinf(value) or (value == 0 and re.search("[1-9]", mantissa)):
        size = "large" if math.isinf(value) else "small"
        raise RefusedScalarError(f"{text} is too {size} for a computer", "Write a number of ordinary size")
    return value


def _invisible_characters(text: str, file: str) -> Iterator[Mistake]:
    if not _INVISIBLE.search(text):
        return
    for line, content in enumerate(_LINE_BREAK.split(text), start=1):
        match = _INVISIBLE.search(content)
        if match:
            yield Mistake("text", _named(match.group()), "Delete it, or write the line anew by hand", file, line)


def _named(character: str) -> str:
    name = unicodedata.name(character, "control character").lower()
    return f"the invisible character U+{ord(character):04X} ({name})"


class _StopReadingError(Exception):
    """Nothing after this can be understood."""


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    path: Path
    holds: dict[str, Any] | list[Any]
    key: str | None = None
    awaits_key: bool = True


@dataclass(slots=True)
class _Builder:
    """Data and lines, gathered event by event."""

    file: str
    root: Any = None
    open: list[_Open] = field(default_factory=list)
    key_lines: dict[Path, int] = field(default_factory=dict)
    value_lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    nodes: int = 0
    documents: int = 0

    def take(self, event: yaml.Event) -> None:
        """Let one event change what has been gathered."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.NodeEvent):
            self._count(event)
            self._refuse_extras(event)
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop("file", "a second document after ---", "Keep one scenario per file", event)
        if event.version or event.tags:
            self._tell("file", "a line that begins with %", "Delete it", event)

    def _node(self, event: yaml.NodeEvent) -> None:
        if self._at_key():
            self._key(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            holds: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            path = self._put(holds, event)
            self.open.append(_Open(path, holds))
        else:
            self._put(self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None, event)

    def _key(self, event: yaml.NodeEvent) -> None:
        within = self.open[-1]
        if isinstance(event, yaml.CollectionStartEvent):
            self._stop(dotted(within.path) or "key", "a list or section where a key belongs", "Write a name", event)
        text = event.value if isinstance(event, yaml.ScalarEvent) else f"*{event.anchor}"
        if text == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
            self._tell(self._place(), "the merge key <<", "Write the keys themselves, or use extends", event)
        self._check_visible(text, event)
        key, line = unicodedata.normalize("NFC", text), _line(event)
        path = (*within.path, key)
        if path in self.key_lines:
            found = f"the key {shortened(key)!r} is written twice, on line {self.key_lines[path]} and on line {line}"
            self._tell(dotted(path) or "file", found, "Keep one of them", event)
        self.key_lines[path] = line
        within.key, within.awaits_key = key, False

    def _put(self, value: Any, event: yaml.Event) -> Path:
        """Set a value in its place and give its path."""
        path: Path = ()
        if not self.open:
            self.root = value
        else:
            within = self.open[-1]
            if isinstance(within.holds, list):
                path = (*within.path, len(within.holds))
                within.holds.append(value)
            else:
                key = within.key or ""
                path = (*within.path, key)
                within.holds[key] = value
                within.awaits_key = True
        self.value_lines[path] = _line(event)
        return path

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text = event.value
        self._check_visible(text, event)
        if not event.implicit[0]:
            return unicodedata.normalize("NFC", text)
        try:
            value = plain_scalar(text)
        except RefusedScalarError as refused:
            self._tell(self._place(), refused.found, refused.remedy, event)
            return None
        return unicodedata.normalize("NFC", value) if isinstance(value, str) else value

    def _check_visible(self, text: str, event: yaml.Event) -> None:
        match = _INVISIBLE.search(text)
        if match:
            self._tell(self._place(), _named(match.group()), "Write it without the escape", event)

    def _refuse_extras(self, event: yaml.NodeEvent) -> None:
        quote = "Write the value itself; text that begins with {0} needs quotation marks"
        if isinstance(event, yaml.AliasEvent):
            self._tell(self._place(), f"the alias *{shortened(event.anchor or '')}", quote.format("*"), event)
        elif event.anchor is not None:
            self._tell(self._place(), f"the anchor &{shortened(event.anchor)}", quote.format("&"), event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._tell(
                self._place(), f"the tag {shortened(tag.replace('tag:yaml.org,2002:', '!!'))}", quote.format("!"), event
            )

    def _count(self, event: yaml.Event) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop("file", f"more than {MAX_NODES} keys and values", "Put long lists in a CSV file", event)
        if isinstance(event, yaml.CollectionStartEvent) and len(self.open) >= MAX_DEPTH:
            self._stop("file", f"more than {MAX_DEPTH} levels inside each other", "Write fewer levels", event)

    def _at_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].holds, dict) and self.open[-1].awaits_key

    def _place(self) -> str:
        """Dotted place of the value that is being read."""
        if not self.open:
            return "file"
        within = self.open[-1]
        if isinstance(within.holds, list):
            return dotted((*within.path, len(within.holds)))
        return dotted(within.path if within.awaits_key else (*within.path, within.key or "")) or "file"

    def _tell(self, place: str, found: str, remedy: str, event: yaml.Event) -> None:
        self.mistakes.append(Mistake(place, found, remedy, self.file, _line(event)))
        if len(self.mistakes) > MAX_MISTAKES:
            self.mistakes[-1] = Mistake("file", "more mistakes after these", "Mend those above first", self.file)
            raise _StopReadingError

    def _stop(self, place: str, found: str, remedy: str, event: yaml.Event) -> NoReturn:
        self._tell(place, found, remedy, event)
        raise _StopReadingError


def _line(event: yaml.Event) -> int:
    return _line_of(event.start_mark) or 1


def _built(text: str, file: str) -> Document:
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except _StopReadingError:
        pass
    except yaml.MarkedYAMLError as error:
        builder.mistakes.append(_explained(error, text, file))
    except yaml.YAMLError:
        builder.mistakes.append(Mistake("text", "this is not YAML", "Write key: value lines", file))
    if builder.mistakes:
        raise UserMistakes(builder.mistakes)
    return Document(file, builder.root, builder.key_lines, builder.value_lines)


_OPENED = "context"
_HERE = "problem"
_SYNTAX: tuple[tuple[str, str, str, str], ...] = (
    # a piece of libyaml's message, whose mark has the line, what was found, what to write
    ("mapping values are not allowed", _HERE, "a colon where no key can stand",
     "Put text that contains a colon in quotation marks, and let keys of one section begin in the same column"),
    ("could not find expected ':'", _OPENED, "a line without a colon", "Write key: value"),
    ("did not find expected key", _HERE, "a line that does not line up with the lines above",
     "Let keys of one section begin in the same column"),
    ("did not find expected '-' indicator", _HERE, "a line that does not line up with the list above",
     "Begin every item of the list with - in the same column"),
    ("did not find expected ',' or ']'", _OPENED, "a list that begins with [ and does not end",
     "Write ] after the last item and a comma between items"),
    ("did not find expected ',' or '}'", _OPENED, "a section that begins with { and does not end",
     "Write } after the last value and a comma between them"),
    ("found unexpected end of stream", _OPENED, "a quotation mark that is not closed", "Write the closing one"),
    ("found unexpected document indicator", _OPENED, "a quotation mark that is not closed", "Write the closing one"),
    ("block sequence entries are not allowed", _HERE, "a list item where none can stand",
     "Begin the list on the line below its key"),
    ("escape", _HERE, "a backslash in double quotation marks", "Use single quotation marks"),
    ("alphabetic or numeric character", _HERE, "a text that begins with * or &", "Put it in quotation marks"),
    ("did not find expected node content", _HERE, "a sign where a value belongs",
     "Write the value; put text with special signs in quotation marks"),
)  # fmt: skip


def _explained(error: yaml.MarkedYAMLError, text: str, file: str) -> Mistake:
    """A syntax error in plain words, on the line where the eye should begin."""
    problem = str(error.problem or "")
    here = error.problem_mark or error.context_mark
    if "cannot start any token" in problem and here is not None:
        return _misplaced_character(text[here.index : here.index + 1], int(here.line) + 1, file)
    for piece, which, found, remedy in _SYNTAX:
        if piece in problem:
            mark = (error.context_mark or here) if which == _OPENED else here
            return Mistake("text", found, remedy, file, _line_of(mark))
    return Mistake(
        "text",
        "a line that cannot be read as YAML",
        "Write key: value, and let keys of one section begin in the same column",
        file,
        _line_of(here),
    )


def _line_of(mark: Any) -> int | None:
    return None if mark is None else int(mark.line) + 1


def _misplaced_character(character: str, line: int, file: str) -> Mistake:
    if character == "\t":
        return Mistake("text", "a tab at the beginning of a line", "Indent with spaces", file, line)
    return Mistake("text", f"a text that begins with {character}", "Put it in quotation marks", file, line)
