"""Interface words, dates and numbers are those of the language (expected values: CLDR 47 charts)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from feeds import words

DAY = datetime(2025, 4, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", "30 أبريل 2025"),  # CLDR: ar has latn, ar-SY and ar-EG arab, ar-AE latn
        ("ar-SY", "٣٠ نيسان ٢٠٢٥"),
        ("ar-EG", "٣٠ أبريل ٢٠٢٥"),
        ("ar-AE", "30 أبريل 2025"),
        ("fa", "۳۰ آوریل ۲۰۲۵"),
        ("ckb", "٣٠ی نیسانی ٢٠٢٥"),
        ("he", "30 באפריל 2025"),
        ("ur", "30 اپریل، 2025"),
        ("en", "April 30, 2025"),
        ("fr", "30 avril 2025"),
    ],
)
def test_a_date_has_the_months_and_the_digits_of_its_language(language: str, expected: str) -> None:
    assert words.long_date(DAY, language) == expected


def test_a_date_is_the_day_in_the_zone_that_it_was_written_in() -> None:
    there = DAY.astimezone(timezone(timedelta(hours=3)))
    assert words.long_date(there, "en") == "May 1, 2025"


def test_a_tag_that_cldr_does_not_know_falls_back_to_its_language_and_then_to_english() -> None:
    assert words.long_date(DAY, "fa-x-private") == words.long_date(DAY, "fa")
    assert words.long_date(DAY, "xx") == "April 30, 2025"


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "1,234"), ("fa", "۱٬۲۳۴"), ("ar-EG", "١٬٢٣٤"), ("he", "1,234"), ("bn", "১,২৩৪")]
)
def test_a_number_has_the_digits_and_the_grouping_of_its_language(language: str, expected: str) -> None:
    assert words.number(1234, language) == expected


@pytest.mark.parametrize("language", ["ar", "fa", "he", "ur", "fr"])
def test_the_main_languages_have_every_word_in_their_own_letters(language: str) -> None:
    names = set(words._catalogue()["en"])
    assert set(words._catalogue()[language]) == names
    same = {name for name in names if words.word(name, language) == words.word(name, "en")}
    assert same <= ({"source", "page", "pages"} if language == "fr" else set())


def test_no_language_has_a_word_that_english_lacks_or_other_fields_than_english() -> None:
    english = words._catalogue()["en"]
    for table in words._catalogue().values():
        assert set(table) <= set(english)
        for name, text in table.items():
            for field in ("{format}", "{number}", "{total}"):
                assert (field in text) == (field in english[name]), (name, text)


def test_a_missing_word_is_english_and_says_so() -> None:
    assert words.word("share", "sw") == "Share this article"
    assert not words.has_word("share", "sw")
    assert words.has_word("share", "ar-SY") and words.word("share", "ar-SY") == "مشاركة المقال"


def test_a_name_that_no_language_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        words.word("nonsense", "ar")


@pytest.mark.parametrize(("language", "name"), [("ar", "العربية"), ("fa", "فارسی"), ("he", "עברית"), ("ur", "اردو")])
def test_a_language_is_called_by_its_own_name(language: str, name: str) -> None:
    assert words.language_name(language) == name
