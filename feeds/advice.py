"""What an editor should look at though nothing is wrong: direction controls, digits, punctuation, script.

Each piece of advice has a name, by which a file (`silence:`) or a site (`check.silence`) can turn it off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from feeds import bidi, language
from feeds.bidi import Direction
from feeds.problems import quote

NAMES = ("bidi-controls", "title-order", "script", "latin-punctuation", "mixed-digits")
_FEWEST_LETTERS = 20  # of a text whose script is held against its language
_FORCED = frozenset("\u202a\u202b\u202c\u202d\u202e")  # embeddings and overrides, UAX #9 section 2
_CONTROL = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ISOLATES, _POP = frozenset("\u2066\u2067\u2068"), "\u2069"
_CODE = re.compile(
    r"^(```|~~~).*?^\1|`[^`\n]+`|\b[a-z][a-z0-9+.-]{0,30}://\S+|\bdata:image/[^\s()]+",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<[/!a-z][^<>]*>", re.IGNORECASE)
_LATIN_DIGIT = re.compile("[0-9]")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_SENTENCE = re.compile(r"[^.!?؟۔\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to look at; `line` counts from 1 in the file."""

    name: str
    line: int
    field: str
    message: str


def advise(
    *,
    title: str,
    title_line: int,
    body: str,
    body_line: int,
    text: str,
    lang: str,
    lang_line: int,
    direction: Direction,
    isolates: bool,
) -> Iterator[Advice]:
    """`title` (`""` where the file has none) and `body` as they stand in the file, `text` what is read of it;
    `lang_line` is 0 where the file names no language; `isolates` says that titles are published with isolates round
    what would be scrambled."""
    yield from _controls(title, title_line, "title")
    yield from _controls(body, body_line, "content")
    if direction == "rtl" and not isolates:
        yield from _order(title, title_line)
    if lang_line:
        yield from _script(f"{title}\n{text}", lang, lang_line)
    if language.script(lang) == "Arab":
        yield from _punctuation(title, title_line)
    yield from _digits(title, title_line, "title")
    if _mixes_digits(body):
        yield from _digits(_TAG.sub(_same_lines, _CODE.sub(_same_lines, body)), body_line, "content")


def _controls(text: str, line: int, field: str) -> Iterator[Advice]:
    """Overrides and unbalanced isolates reorder what stands after them, in a file as in a page (CVE-2021-42574)."""
    if not _CONTROL.search(text):
        return
    for offset, row in enumerate(text.split("\n")):
        forced = sorted({c for c in row if c in _FORCED})
        depth, unbalanced = 0, False
        for character in row:
            depth += (character in _ISOLATES) - (character == _POP)
            unbalanced |= depth < 0
        if forced or unbalanced or depth:
            names = ", ".join(unicodedata.name(c).title() for c in forced) or "an isolate without its other half"
            message = f"has direction controls that reorder text, {names}; they are taken out: {quote(row.strip())}"
            yield Advice(name="bidi-controls", line=line + offset, field=field, message=message)


def _order(title: str, line: int) -> Iterator[Advice]:
    clean = bidi.clean(title)
    runs = [clean[start:end] for start, end in bidi.ltr_runs(clean)]
    scrambled = [run for run in runs if re.search(r"[\s\-/@#+%:?=&]", run)]
    if scrambled:
        message = f"has a part that many readers show in the wrong order and no mark can save: {quote(scrambled[0])}"
        yield Advice(name="title-order", line=line, field="title", message=message)


def _script(text: str, lang: str, line: int) -> Iterator[Advice]:
    letters = sum(character.isalpha() for character in text)
    found = language.text_direction(text)
    if letters >= _FEWEST_LETTERS and found and found != language.direction_of(lang):
        message = (
            f"does not fit the script of the text, which runs {'right to left' if found == 'rtl' else 'left to right'}"
        )
        yield Advice(name="script", line=line, field="lang", message=f"{message}: {quote(lang)}")


def _punctuation(title: str, line: int) -> Iterator[Advice]:
    end = bidi.strip(title).rstrip()[-1:]
    if end in (".", ",", ";", "?"):
        message = f"ends in Latin punctuation, which may land at the other end of the line; leave it out: {quote(end)}"
        yield Advice(name="latin-punctuation", line=line, field="title", message=message)


def _digits(text: str, line: int, field: str) -> Iterator[Advice]:
    for match in _SENTENCE.finditer(text):
        sets = {_script_of(digit) for digit in re.findall(r"\d", match.group())}
        if len(sets) > 1:
            at = line + text.count("\n", 0, match.start())
            message = f"mixes {' and '.join(sorted(sets))} digits in one sentence: {quote(match.group().strip())}"
            yield Advice(name="mixed-digits", line=at, field=field, message=message)


def _mixes_digits(text: str) -> bool:
    others = set(_OTHER_DIGIT.findall(text))
    return bool(others) and (len({_script_of(digit) for digit in others}) > 1 or bool(_LATIN_DIGIT.search(text)))


def _script_of(digit: str) -> str:
    name = unicodedata.name(digit, "")
    return {"DIGIT": "Latin", "ARABIC-INDIC": "Arabic", "EXTENDED": "Persian"}.get(name.partition(" ")[0], "other")


def _same_lines(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n") or " "
