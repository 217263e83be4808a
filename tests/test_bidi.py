"""Titles, marks and runs by the rules that corpus/titles.json was measured by (W3C string-meta, UAX #9)."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds import bidi

TITLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("corpus").joinpath("titles.json").read_text("utf-8"))
RLM, LRM, ALM, RLI, LRI, FSI, PDI = "\u200f", "\u200e", "\u061c", "\u2067", "\u2066", "\u2068", "\u2069"
RLE, LRE, PDF, LRO, RLO = "\u202b", "\u202a", "\u202c", "\u202d", "\u202e"
CONTROLS = {RLM, LRM, ALM, RLI, LRI, FSI, PDI, RLE, LRE, PDF, LRO, RLO}
MARK = {"RLM": RLM, "LRM": LRM, "": ""}

HOSTILE = st.text(
    st.one_of(
        st.sampled_from([*sorted(CONTROLS), *"\u200b\ufeff\u200c\u200d aB1٣-+%@#/:.(\n\u2029", *"سلאש"]),
        st.characters(),
    ),
    max_size=30,
)
WORDS = st.lists(
    st.sampled_from(["C++", "@x", "#Gaza", "http://a.b/", "-3%", "+963 11 555-1234", "30-04-2025", "سلام", "שלום", "abc", "1.2.3",
                     " ", "(", ")", "«", "و", RLI, LRI, PDI, RLM, ".", "?x=1", "a@b.cd", "\u200b", "\u200c"]),
    max_size=12,
).map("".join)  # fmt: skip
DIRECTIONS = st.sampled_from(["rtl", "ltr"])
MODES = st.sampled_from(["needed", "isolate", "off"])
Dir = Literal["rtl", "ltr"]


def is_balanced(text: str) -> bool:
    """Own reading of UAX #9 BD9: every initiator closes before its paragraph ends, no PDI is over."""
    depth = 0
    for character in text:
        if character in (RLI, LRI, FSI):
            depth += 1
        elif character == PDI:
            depth -= 1
            if depth < 0:
                return False
        elif unicodedata.bidirectional(character) == "B" and depth:
            return False
    return depth == 0


def isolated(row: dict[str, Any]) -> str:
    """What rules 6 to 8 make of a row: LRI…PDI round its runs, RLM + RLI…PDI round the whole where it is wrapped."""
    text, done = "", 0
    for run in row["runs"]:
        start = row["t"].index(run, done)
        text += row["t"][done:start] + LRI + run + PDI
        done = start + len(run)
    text += row["t"][done:]
    if not row["wrap"]:
        return text
    head = RLM if row["dir"] == "rtl" else MARK[row["mark"]]
    return head + (RLI if row["dir"] == "rtl" else LRI) + text + PDI


def _ids(row: dict[str, Any]) -> str:
    return str(row["id"])


# --- titles -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", TITLES, ids=_ids)
def test_needed_puts_one_mark_where_the_first_strong_letter_misleads_and_none_elsewhere(row: dict[str, Any]) -> None:
    assert bidi.title(row["t"], row["dir"], "needed") == MARK[row["mark"]] + row["t"]
    assert bidi.mark(row["t"], row["dir"]) == MARK[row["mark"]] + row["t"]
    assert bidi.needs_mark(row["t"], row["dir"]) == bool(row["mark"])


@pytest.mark.parametrize("row", TITLES, ids=_ids)
def test_off_changes_no_clean_title(row: dict[str, Any]) -> None:
    assert bidi.title(row["t"], row["dir"], "off") == row["t"]


@pytest.mark.parametrize("row", TITLES, ids=_ids)
def test_isolate_wraps_what_a_blindly_left_to_right_host_would_turn(row: dict[str, Any]) -> None:
    assert bidi.title(row["t"], row["dir"], "isolate") == isolated(row)


@pytest.mark.parametrize("row", TITLES, ids=_ids)
def test_runs_that_scramble_in_right_to_left_text_are_found(row: dict[str, Any]) -> None:
    if row["dir"] == "rtl":
        assert [row["t"][start:end] for start, end in bidi.ltr_runs(row["t"])] == row["runs"]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("إصدار Python 3.13.1 متاح", ["Python 3.13.1"]),
        ("ما الجديد في .NET 9؟", [".NET 9"]),
        ("قل Follow @nasa and @esa now ثم", ["Follow @nasa and @esa now"]),
        ("كتاب Learn C++ in a week. ثم", ["Learn C++ in a week"]),
        ("قرأ AC/DC C++ وNode.js v20.1.0", ["AC/DC C++", "Node.js v20.1.0"]),
        ("تواصل عبر WhatsApp +963 11 555-1234", ["WhatsApp +963 11 555-1234"]),
        # Behind a number alone nothing belongs to it (UAX #9 N1), nor a number to a hashtag or handle.
        ("+963 11 555-1234 WhatsApp", ["+963 11 555-1234"]),
        ("#MeToo 7 שנים", ["#MeToo"]),
        ("@sana 5%", ["@sana"]),
        ("#COP29 #Baku قمة", ["#COP29", "#Baku"]),
        ("C++، Java", ["C++"]),
    ],
)
def test_a_run_takes_along_the_words_that_are_read_with_it(text: str, runs: list[str]) -> None:
    assert [text[start:end] for start, end in bidi.ltr_runs(text)] == runs


@given(st.one_of(HOSTILE, WORDS), DIRECTIONS, MODES)
@example(RLM + "\u200babc", "ltr", "needed")
@example(LRM + "\ufeff" + RLI + "abc" + PDI, "rtl", "isolate")
@example(RLI + RLM + "a" + PDI, "rtl", "isolate")
@example("-0%@/A" + RLM, "rtl", "isolate")
@example("1-2-3+5%", "rtl", "isolate")
def test_a_title_of_a_title_is_the_same_title(text: str, direction: Dir, marks: bidi.Marks) -> None:
    once = bidi.title(text, direction, marks)
    assert bidi.title(once, direction, marks) == once


@given(st.one_of(HOSTILE, WORDS), DIRECTIONS, MODES)
def test_a_title_differs_from_the_clean_text_by_balanced_controls_only(
    text: str, direction: Dir, marks: bidi.Marks
) -> None:
    made = bidi.title(text, direction, marks)
    assert bidi.strip(made) == bidi.strip(bidi.clean(text))
    assert is_balanced(made)
    assert not set(made) & {RLE, LRE, PDF, LRO, RLO}


@given(st.one_of(HOSTILE, WORDS))
def test_with_marks_both_ways_of_reading_find_the_right_direction(text: str) -> None:
    made = bidi.title(text, "rtl", "needed")
    whole = made.startswith(RLI)  # rule 5: an author who wrapped the title gets nothing added
    if made and not whole:
        assert bidi.first_strong(made, through_isolates=True) == bidi.first_strong(made, through_isolates=False) == "R"
    ltr = bidi.title(text, "ltr", "needed")
    assert {bidi.first_strong(ltr, through_isolates=through) for through in (True, False)} <= {"L", ""}


@given(HOSTILE)
def test_a_left_to_right_title_never_gets_a_right_to_left_character(text: str) -> None:
    for marks in ("needed", "isolate"):
        made = bidi.title(text, "ltr", marks)  # type: ignore[arg-type]
        assert sum(c in (RLM, ALM) for c in made) <= sum(c in (RLM, ALM) for c in bidi.clean(text))
        assert not made.startswith((RLM, ALM))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RLM + "Google تعلن", RLM + "Google تعلن"),
        (ALM + "Google تعلن", ALM + "Google تعلن"),
        (RLI + "Google تعلن" + PDI, RLI + "Google تعلن" + PDI),
        (LRM + "Google تعلن", RLM + "Google تعلن"),
        (LRI + "Google" + PDI + " تعلن", RLM + LRI + "Google" + PDI + " تعلن"),  # dir=auto looks into the isolate
        (RLI + "خبر" + PDI + " Google", RLM + RLI + "خبر" + PDI + " Google"),  # UAX #9 P2 skips it
        (RLO + "Google تعلن", RLM + "Google تعلن"),
        ("\ufeff\u200bخبر\u200b", "خبر"),
    ],
)
def test_marks_that_stand_already_are_taken_into_account(text: str, expected: str) -> None:
    assert bidi.title(text, "rtl", "needed") == expected


def test_isolate_does_not_wrap_twice() -> None:
    wrapped = RLM + RLI + "Google تعلن" + PDI
    for text in ("Google تعلن", RLM + "Google تعلن", RLI + "Google تعلن" + PDI, wrapped):
        assert bidi.title(text, "rtl", "isolate") == wrapped
    two = RLI + "Google" + PDI + " و " + RLI + "Meta" + PDI  # begins and ends with isolates, but not the same one
    assert bidi.title(two, "rtl", "isolate") == RLM + RLI + two + PDI


# --- clean, strip, first strong ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RLO + "abc" + PDF, "abc"),
        (LRE + "abc", "abc"),
        ("abc" + PDI, "abc"),
        (RLI + "abc", "abc"),
        (RLI + "a" + LRI + "b" + PDI, "a" + LRI + "b" + PDI),
        (RLI + "abc" + PDI, RLI + "abc" + PDI),
        (FSI + "a\nb" + PDI, "a\nb"),  # an isolate ends with its paragraph
        ("می‌رود", "می‌رود"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("\ufeffabc\u200b", "abc"),
        ("a\u200bb", "a\u200bb"),
        (RLM + "abc" + LRM + ALM, RLM + "abc" + LRM + ALM),
        (RLM + "\u200babc", RLM + "abc"),
    ],
)
def test_clean_drops_what_leaks_and_keeps_what_is_paired(text: str, expected: str) -> None:
    assert bidi.clean(text) == expected


@given(HOSTILE)
def test_clean_text_is_balanced_and_stays(text: str) -> None:
    clean = bidi.clean(text)
    assert is_balanced(clean)
    assert bidi.clean(clean) == clean
    assert [c for c in clean if c in "\u200c\u200d"] == [c for c in text if c in "\u200c\u200d"]
    if is_balanced(text) and not set(text) & {RLE, LRE, PDF, LRO, RLO, "\u200b", "\ufeff"}:
        assert clean == text


@given(HOSTILE)
def test_strip_leaves_no_control_and_everything_else(text: str) -> None:
    assert bidi.strip(text) == "".join(c for c in text if c not in CONTROLS)


@pytest.mark.parametrize(
    ("text", "through", "skipping"),
    [
        ("", "", ""),
        ("123 – 100%", "", ""),
        ("abc", "L", "L"),
        ("12 خبر", "R", "R"),
        ("٣ abc", "L", "L"),  # an Arabic digit is weak
        (RLM + "abc", "R", "R"),
        (ALM + "abc", "R", "R"),
        (LRM + "خبر", "L", "L"),
        (LRI + "abc" + PDI + "خبر", "L", "R"),
        (RLI + LRI + "abc" + PDI + "خبر" + PDI + "x", "L", "L"),
        (RLI + "خبر" + PDI, "R", ""),
        (PDI + "خبر", "R", "R"),
        (RLI + "abc", "L", ""),  # unpaired: to the end of the paragraph
        (RLI + "abc\nخبر", "L", "R"),
        ("\u07d2", "R", "R"),
        ("\U0001e922", "R", "R"),
    ],
)
def test_the_first_strong_character_is_found_both_ways(text: str, through: str, skipping: str) -> None:
    assert bidi.first_strong(text, through_isolates=True) == through
    assert bidi.first_strong(text, through_isolates=False) == skipping


# --- runs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("زر www.example.com الآن", ["www.example.com"]),
        ("(https://example.com/a_(b))، ثم", ["https://example.com/a_(b)"]),
        ("https://example.com/a.", ["https://example.com/a"]),
        ("«https://example.com/a»", ["https://example.com/a"]),
        ("mailto:a@b.example و a.b+c@d.example؟", ["mailto:a@b.example", "a.b+c@d.example"]),
        ("@user_1، و@other", ["@user_1", "@other"]),
        ("@desk@social.example", ["@desk@social.example"]),
        ("#Gaza_2024 #غزة #غزة2", ["#Gaza_2024"]),
        ("هاتف 0115551234 أو 011-555-1234", ["011-555-1234"]),
        ("هاتف (011) 555 1234", ["(011) 555 1234"]),
        ("من 2020-2024 ومن 5-7", []),  # ranges read from right to left as Arabic does
        ("1-5-2025 و2025-05-01", ["1-5-2025", "2025-05-01"]),
        ("نسبة -3.5% و−7٪ و +2%", ["-3.5%", "−7٪", "+2%"]),
        ("ب-3% של", []),
        ("إصدار v2.0 ثم 10.0.1", ["v2.0", "10.0.1"]),
        ("النسخة 2.0 والسعر 9,500", []),
        ("C++ و C# و F# و .NET", ["C++", "C#", "F#", ".NET"]),
        ("Node.js و Wi-Fi و AT&T", []),  # begin and end with letters: they come out whole
        ("استعمل --help أو foo() أو /etc/passwd", ["--help", "foo()", "/etc/passwd"]),
        ("iPhone 16 جديد", []),
        ("خبر (BBC).", []),
        ("نص … نص...", []),
        ("", []),
    ],
)
def test_runs_are_what_would_scramble_without_the_punctuation_round_it(text: str, runs: list[str]) -> None:
    assert [text[start:end] for start, end in bidi.ltr_runs(text)] == runs


@given(st.one_of(HOSTILE, WORDS))
def test_runs_are_in_order_apart_not_empty_and_without_controls(text: str) -> None:
    last = 0
    for start, end in bidi.ltr_runs(text):
        assert last <= start < end <= len(text)
        assert not set(text[start:end]) & CONTROLS
        assert not text[start].isspace() and not text[end - 1].isspace()
        last = end


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "-", "1-", "+1 ", "@", "#a", "http://", "(", "a(", ")", ".", "www.", "-1", "a@", "1.", "a.b", "ا-", "و-3%", RLI, PDI,
     LRI + "a" + PDI, "\u200b", "٣", "+", "0 ", "--a", "é́"],
)  # fmt: skip
def test_everything_takes_linear_time(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    begin = time.process_time()
    for whole in (text, text + PDI, "ا" + text + "ا", text + RLI + "x" + PDI):
        list(bidi.ltr_runs(whole))
        bidi.title(whole, "rtl", "isolate")
        bidi.title(whole, "ltr", "needed")
    assert time.process_time() - begin < 4
