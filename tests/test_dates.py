"""The date reader: the corpus with its score, CLDR's own forms back and forth, hostile text, output forms."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jdatetime
import pytest
from babel.dates import format_date
from hijridate import Gregorian
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyluach.dates import HebrewDate

from feeds.dates import Moment, parse, rfc822, rfc3339
from feeds.dates import words as datewords
from feeds.dates.text import LONGEST
from feeds.problems import DateError

DAMASCUS = ZoneInfo("Asia/Damascus")
ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "corpus" / "dates.json").read_text("utf-8"))
CLDR_FORMS = [
    (locale, width)
    for locale in (
        "ar", "ar_SY", "ar_MA", "ar_DZ", "ar_TN", "ar_MR", "ar_IQ", "ar_SA", "ar_EG", "he", "fa", "fa_AF", "ur", "ur_IN",
        "ps", "en", "en_GB", "fr", "tr", "ckb", "sd", "ug", "uz_Arab",
    )
    for width in ("full", "long")
]  # fmt: skip
days = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31))
many = settings(max_examples=60, deadline=None)


def read(row: dict[str, Any]) -> tuple[str | None, Moment | DateError]:
    """What a row is read as, in the form of its `iso`, and the moment or the refusal."""
    zone = DAMASCUS if row["tz_assumed"] == "from text" else ZoneInfo(row["tz_assumed"])
    reference = datetime.fromisoformat(row["ref"]).replace(tzinfo=zone) if "ref" in row else None
    try:
        moment = parse(row["text"], zone=zone, language=row.get("language", "ar"), reference=reference)
    except DateError as error:
        return None, error
    return (moment.instant.isoformat() if moment.has_time else moment.instant.date().isoformat()), moment


def day_of(text: str, language: str = "ar") -> date:
    moment = parse(text, zone=UTC, language=language)
    assert not moment.has_time
    return moment.instant.date()


def test_the_score_of_the_corpus_is_perfect(record_property: Callable[[str, object], None]) -> None:
    readable = [row for row in ROWS if row["iso"]]
    right = [row for row in readable if read(row)[0] == row["iso"]]
    wrong = [row for row in ROWS if read(row)[0] not in (row["iso"], None)]
    refused = [row for row in ROWS if row["iso"] is None and read(row)[0] is None]
    record_property(
        "score",
        f"dates: {len(right)}/{len(readable)} right, {len(wrong)} silently wrong,"
        f" {len(refused)}/{len(ROWS) - len(readable)} refused as they must be",
    )
    assert not wrong
    assert len(right) + len(refused) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row['why']}" for number, row in enumerate(ROWS)])
def test_each_text_of_the_corpus_is_read_right_or_refused_for_the_right_reason(row: dict[str, Any]) -> None:
    got, outcome = read(row)
    assert got == row["iso"], outcome
    if isinstance(outcome, DateError):
        assert outcome.kind == row.get("kind", outcome.kind)
        assert outcome.text == row["text"]
        assert str(outcome) == f"{outcome.reason}: '{row['text']}'"
    elif "language" in row or "warn" in row:
        assert bool(outcome.warnings) == row.get("warn", False), outcome.warnings


@pytest.mark.parametrize(("locale", "width"), CLDR_FORMS)
def test_every_day_that_cldr_formats_is_read_back(locale: str, width: str) -> None:
    @many
    @given(day=days)
    @example(day=date(2024, 2, 29))
    @example(day=date(2025, 5, 4))
    def back_and_forth(day: date) -> None:
        text = format_date(day, format=width, locale=locale)
        moment = parse(text, zone=UTC, language=locale.replace("_", "-"))
        assert (moment.instant.date(), moment.warnings) == (day, ()), text

    back_and_forth()


@many
@given(day=days)
def test_every_solar_hijri_day_is_read_back(day: date) -> None:
    there = jdatetime.date.fromgregorian(date=day)
    digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    text = f"{there.day} {jdatetime.date.j_months_fa[there.month - 1]} {there.year}"
    assert day_of(text, "fa") == day_of(text.translate(digits)) == day


@many
@given(day=st.dates(min_value=date(1950, 1, 1), max_value=date(2077, 1, 1)))
def test_every_hijri_day_is_read_back(day: date) -> None:
    there = Gregorian.fromdate(day).to_hijri()
    assert day_of(f"{there.day} {there.month_name('ar')} {there.year}") == day
    assert day_of(f"{there.year}/{there.month}/{there.day} هـ") == day


@many
@given(day=days)
@example(day=date(2024, 2, 23))
@example(day=date(2024, 3, 24))
@example(day=date(2025, 3, 14))
def test_every_hebrew_day_is_read_back(day: date) -> None:
    written = HebrewDate.from_pydate(day).hebrew_date_string()
    assert day_of(written, "he") == day
    assert day_of(written.replace("״", '"').replace("׳", "'"), "he") == day


@many
@given(day=days)
def test_a_wrong_weekday_is_a_warning_that_names_both(day: date) -> None:
    names = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
    other = names[(day.weekday() + 3) % 7]
    moment = parse(f"{other} {day.isoformat()}", zone=UTC)
    assert moment.instant.date() == day
    assert len(moment.warnings) == 1
    assert day.strftime("%Y-%m-%d") in moment.warnings[0]


@many
@given(day=days)
def test_an_unclear_numeric_date_warns_in_arabic_and_is_refused_in_english(day: date) -> None:
    text = f"{day.day:02}/{day.month:02}/{day.year}"
    unclear = day.day <= 12 and day.day != day.month
    moment = parse(text, zone=UTC)
    assert moment.instant.date() == day
    assert bool(moment.warnings) == unclear
    if unclear:
        assert day.isoformat() in moment.warnings[0]
        with pytest.raises(DateError) as caught:
            parse(text, zone=UTC, language="en")
        assert caught.value.kind == "ambiguous"
    else:
        assert parse(text, zone=UTC, language="en").instant.date() == day


@pytest.mark.parametrize(
    "language", ["ar", "ar-SY", "ar_EG", "he", "iw", "fa", "prs", "ps", "ur", "ckb", "fr", "tr", "en-GB", "en-AU"]
)
def test_languages_that_write_the_day_first(language: str) -> None:
    assert parse("03/04/2025", zone=UTC, language=language).instant.date() == date(2025, 4, 3)


@pytest.mark.parametrize("language", ["en", "en-US", "en-CA", "xx-invalid", "", "und"])
def test_languages_that_do_not_settle_the_order_refuse(language: str) -> None:
    with pytest.raises(DateError, match="2025-04-03 or 2025-03-04"):
        parse("03/04/2025", zone=UTC, language=language)


def test_a_moment_without_a_zone_is_in_the_given_zone() -> None:
    moment = parse("30 نيسان 2025 13:30", zone=DAMASCUS)
    assert moment.instant.tzinfo is DAMASCUS
    assert moment == Moment(instant=datetime(2025, 4, 30, 13, 30, tzinfo=DAMASCUS), has_time=True, warnings=())


def test_a_zone_in_the_text_beats_the_given_one() -> None:
    assert parse("2025-04-30T10:30:00Z", zone=DAMASCUS).instant.utcoffset() == timedelta(0)
    assert parse("2025-04-30 13:30 بتوقيت دمشق", zone=UTC).instant.tzinfo == DAMASCUS


def test_the_refusal_of_a_missing_day_reads_as_the_design_says() -> None:
    with pytest.raises(DateError, match=r"^has no such day: '2025-02-30'$"):
        parse("2025-02-30", zone=UTC)


@pytest.mark.parametrize(
    ("calendar", "table"), [("gregorian", datewords.GREGORIAN_MONTHS), ("jalali", datewords.JALALI_MONTHS)]
)
def test_each_spelling_of_a_month_means_that_month(calendar: str, table: tuple[str, ...]) -> None:
    for number, phrases in enumerate(table, start=1):
        for phrase in phrases.split(" | "):
            if calendar == "gregorian":
                expected = date(2025, number, 9)
            else:
                expected = jdatetime.date(1404, number, 9).togregorian()
            assert day_of(f"9 {phrase} {2025 if calendar == 'gregorian' else 1404}") == expected, phrase


@pytest.mark.parametrize("mark", ["\u200f", "\u200e", "\u061c", "\u2067", "\u202b", "\ufeff", "\u200b", "\u00ad"])
def test_invisible_characters_change_nothing(mark: str) -> None:
    text = f"{mark}الأربعاء،{mark} 30{mark} أب{mark}ريل {mark}2025 1{mark}:30 م{mark}"
    assert parse(text, zone=UTC).instant == datetime(2025, 4, 30, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "sentence",
    [
        "في عام 2024 قُتل 400 شخص",
        "قُتل 30 شخصا في نيسان 2025",
        "بين 30 نيسان 2025 و30 أيار 2025",
        "من 30 نيسان 2025 إلى 2 أيار 2025",
        "30 نيسان 2025: يوم لا ينسى",
        "حصيلة يوم 30 نيسان 2025",
        "ثورة 14 تموز 1958 في العراق",
        "On April 30, 2025 the council met",
        "ב-30 באפריל 2025 נהרגו 4",
        "در ۱۰ اردیبهشت ۱۴۰۴ چه گذشت",
        "1:30pm ET, April 30, 2025",
        "30 أبريل 2025 13:30 AST",
    ],
)
def test_a_sentence_with_a_date_in_it_is_no_date(sentence: str) -> None:
    with pytest.raises(DateError) as caught:
        parse(sentence, zone=UTC, reference=datetime(2025, 4, 30, tzinfo=UTC))
    assert caught.value.kind == "absent"


FRAGMENTS = st.sampled_from(
    (
        "30", "2025", "1446", "۱۴۰۴", "13:30", "/", "-", ".", ",", "(", ")", ":", "م", "ص", "هـ", "نيسان", "أبريل", "رمضان",
        "مهر", "באייר", "תשפ״ה", "ב׳", "من", "عام", "يوم", "الأربعاء", "الموافق", "الساعة", "بتوقيت", "دمشق", "GMT", "+3",
        "+03:00", "Z", "T", "at", "PM", "h", "قبل", "أيام", "الماضي", "الحالي", "أمس", "ago", "of", "the", "20250430",
        "133000", "د", "وقت", "والنصف",
    )
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    text=st.one_of(st.text(max_size=LONGEST + 20), st.lists(FRAGMENTS, max_size=14).map(" ".join)), known=st.booleans()
)
def test_no_text_raises_anything_but_a_date_error(text: str, known: bool) -> None:
    try:
        moment = parse(text, zone=DAMASCUS, reference=datetime(2025, 4, 30, tzinfo=UTC) if known else None)
    except DateError as error:
        assert error.kind in ("absent", "impossible", "ambiguous")
    else:
        assert moment.instant.utcoffset() is not None
        assert moment.instant.microsecond == 0
        assert datetime.fromisoformat(rfc3339(moment.instant)) == moment.instant


@pytest.mark.parametrize(
    "piece", ["30 ", "في ", "من ", "1/", "(", "نيسان/", "الساعة ", "-30", "قبل ", "א", "\u200f", "م ", "1:"]
)
def test_long_hostile_text_is_refused_at_once(piece: str) -> None:
    started = time.process_time()
    for length in (LONGEST // len(piece), 1_000_000 // len(piece)):
        with pytest.raises(DateError):
            parse(piece * length, zone=UTC)
    assert time.process_time() - started < 0.5


def test_a_date_is_read_in_well_under_a_millisecond() -> None:
    parse("30 نيسان 2025", zone=UTC)
    started = time.process_time()
    for _ in range(500):
        parse("الأربعاء, 30 أبريل 2025 01:30 PM", zone=DAMASCUS)
    assert (time.process_time() - started) / 500 < 0.001


def test_rfc3339_writes_a_numeric_offset() -> None:
    assert rfc3339(datetime(2025, 4, 30, 13, 30, tzinfo=DAMASCUS)) == "2025-04-30T13:30:00+03:00"
    assert rfc3339(datetime(2025, 4, 30, 13, 30, 5, 999, tzinfo=UTC)) == "2025-04-30T13:30:05+00:00"


def test_rfc822_writes_english_names_and_four_digits() -> None:
    assert rfc822(datetime(2025, 4, 30, 13, 30, tzinfo=DAMASCUS)) == "Wed, 30 Apr 2025 13:30:00 +0300"
    assert (
        rfc822(datetime(2025, 2, 3, 4, 5, 6, tzinfo=timezone(-timedelta(hours=3, minutes=30))))
        == "Mon, 03 Feb 2025 04:05:06 -0330"
    )


def test_offsets_with_seconds_keep_the_instant() -> None:
    old = datetime(1900, 1, 1, 12, 0, tzinfo=DAMASCUS)  # local mean time, +02:25:12
    assert datetime.fromisoformat(rfc3339(old)) == old
    assert rfc3339(old).endswith("+02:25")


@pytest.mark.parametrize("write", [rfc822, rfc3339])
def test_a_naive_instant_is_refused(write: Any) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        write(datetime(2025, 4, 30))


@many
@given(day=days, minute=st.integers(0, 1439))
def test_what_is_written_is_read_back(day: date, minute: int) -> None:
    instant = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=timezone(timedelta(hours=3)))
    for text in (rfc822(instant), rfc3339(instant)):
        assert parse(text, zone=UTC).instant == instant


def test_machine_settings_change_nothing() -> None:
    code = (
        "from zoneinfo import ZoneInfo; from feeds.dates import *;"
        "m = parse('الأربعاء 30 نيسان 2025 1:30 م', zone=ZoneInfo('Asia/Damascus'));"
        "print(rfc822(m.instant), rfc3339(m.instant), m.warnings)"
    )
    outputs = set()
    for settings_ in (
        {"TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"TZ": "America/Caracas", "LC_ALL": "ar_SY.UTF-8", "PYTHONHASHSEED": "7"},
    ):
        environment = {**os.environ, **settings_, "PYTHONUTF8": "1"}
        root = Path(__file__).parent.parent
        outputs.add(
            subprocess.run(
                [sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, check=True
            ).stdout
        )
    assert outputs == {b"Wed, 30 Apr 2025 13:30:00 +0300 2025-04-30T13:30:00+03:00 ()\n"}
