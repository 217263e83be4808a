"""Nearly every text and date is read by a shorter way, which must give exactly what the long way gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import advice, bidi, dates, ltr_runs, search, text
from feeds.markup import passages, shapes
from feeds.problems import DateError

ALWAYS, NEVER = re.compile(""), re.compile("(?!)")

# Mostly what newsrooms write, with what must not go the shorter way strewn in.
LETTERS = "ابتثجحخيىیكکهةپچآأؤء" + "אבגת" + "abcXYZ"
SIGNS = " \n.,:;!?'’\"-–…«»،؛؟()[]{}`~=<>\\@#/+%*_" + "0123456789٠١٩۰۴۹"
ODD = "ـًُّ֑é\u200c\u200f\u200e\u202b\u202c\u2067\u2069\ufeff\u200b\u00a0\u0378\r\t😀🇸🇾€ßıŸд中ᄒ\U000e0041"
WRITTEN = st.lists(
    st.one_of(st.text(LETTERS, min_size=1, max_size=6), st.sampled_from(SIGNS), st.sampled_from(SIGNS + ODD)), max_size=40
).map("".join)  # fmt: skip

WAYS: dict[str, tuple[list[tuple[object, str, object]], Callable[[str], object]]] = {
    "legal": ([(text, "_ORDINARY", NEVER), (text, "_SUSPECT", ALWAYS)], text.legal),
    "has_illegal": ([(text, "_ORDINARY", NEVER)], text.has_illegal),
    "graphemes": ([(text, "_ORDINARY", NEVER)], text.graphemes),
    "excerpt": ([(text, "_ORDINARY", NEVER)], lambda written: text.excerpt(written, 9)),
    "fold": ([(text, "_ORDINARY", NEVER)], text.fold),
    "words": ([(search, "is_ordinary", lambda _: False)], search.words),
    "clean": ([(bidi, "_SUSPECT", ALWAYS)], bidi.clean),
    "tally": ([(passages, "is_ordinary", lambda _: False)], passages.tally),
    "ltr_tokens": ([(ltr_runs, "_QUIET", NEVER)], lambda written: list(ltr_runs.ltr_tokens(written))),
    "digits": (
        [(advice, "_mixes_digits", lambda _: True)],
        lambda written: list(
            advice.advise(
                title="", title_line=1, body=written, body_line=2, text="", lang="ar", lang_line=0, direction="rtl", isolates=True
            )
        ),
    ),
    "degrade": ([(shapes, "_OPENS", ALWAYS)], lambda written: shapes.Shapes().degrade(written, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
@given(WRITTEN)
def test_the_shorter_way_gives_what_the_long_one_gives(name: str, written: str) -> None:
    guards, way = WAYS[name]
    short = way(written)
    with pytest.MonkeyPatch.context() as patch:
        for module, guard, value in guards:
            assert hasattr(module, guard)
            patch.setattr(module, guard, value)
        assert way(written) == short


def test_most_texts_go_the_shorter_way() -> None:
    """Else the rows above compare the long way with itself."""
    written = "قالت «الوكالة» اليوم: وصلت السفينة، أليس كذلك؟"
    assert text.is_ordinary(written) and ltr_runs._QUIET.fullmatch(written)
    assert not bidi._SUSPECT.search(written) and not advice._mixes_digits(written) and not shapes._OPENS.search(written)


DAYS = st.builds("{:04}-{:02}-{:02}".format, st.integers(1890, 2210), st.integers(0, 13), st.integers(0, 32))
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 25), st.integers(0, 61))
SECONDS = st.one_of(st.just(""), st.builds(":{:02}".format, st.integers(0, 61)))
OFFSETS = st.sampled_from(
    ["", "Z", "+03:00", "-05:30", "+00:00", "-00:00", "+13:59", "+14:00", "-13:00", "+0300", "+03:60"]
)
DATES = st.one_of(DAYS, st.builds("{}{}{}{}{}".format, DAYS, st.sampled_from("T "), TIMES, SECONDS, OFFSETS))
ZONES = [ZoneInfo(name) for name in ("Asia/Damascus", "Africa/Cairo", "Europe/Berlin", "America/New_York")] + [UTC]
LANGUAGES = st.sampled_from(["ar", "fa", "ur", "he", "en"])


@given(DATES, st.sampled_from(ZONES), LANGUAGES)
def test_a_plain_date_means_what_all_the_rules_say(written: str, zone: ZoneInfo, language: str) -> None:
    found = dates._plain(written, zone)
    try:
        expected = dates._read(written, zone, language, datetime(2024, 5, 5, tzinfo=UTC))
    except DateError:
        with pytest.raises(DateError):
            dates.parse(written, zone=zone, language=language)
    else:
        assert found in (None, expected)
        assert found is None or (found.instant.utcoffset(), found.instant.fold) == (
            expected.instant.utcoffset(), expected.instant.fold
        )  # fmt: skip


def test_common_dates_are_plain() -> None:
    for written in ("2025-04-30", "2025-04-30 13:30", "2025-04-30T13:30:00Z", "2025-04-30T13:30:00+03:00"):
        assert dates._plain(written, UTC), written
