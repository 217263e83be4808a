"""Text that XML, JSON and readers can carry."""

from __future__ import annotations

import json
import time
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds import text

LRI, PDI, ZWNJ = "\u2066", "\u2069", "\u200c"
anything = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\ud83d\ude00\x00\x0b\x85\r\n\ufeff\ufffe\u200b\u200c\u200d\u2066\u2067\u2069\u202e 🇸🇾👩\u0301سא.,"
        ),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("فرح \ud83d\ude00", "فرح 😀"),
        ("نصف \ud83d رمز", "نصف \ufffd رمز"),
        ("عنوان\x0bسليم\x02", "عنوانسليم"),
        ("a\r\nb\rc\x85d\te", "a\nb\nc\nd\te"),
        ("\ufeffa\ufeffb\x7f\x9f\ufffe\U0001fffe", "ab"),
        ("e\u0301", "é"),
    ],
)
def test_legal_mends_or_drops_what_xml_cannot_carry(given_text: str, expected: str) -> None:
    assert text.legal(given_text) == expected


@given(anything)
def test_legal_text_is_accepted_by_lxml_and_a_strict_json_encoder(given_text: str) -> None:
    legal = text.legal(given_text)
    element = etree.Element("t")
    element.text = legal
    assert etree.fromstring(etree.tostring(element, encoding="utf-8")).text == (legal or None)
    assert json.loads(json.dumps(legal, ensure_ascii=False).encode("utf-8")) == legal
    assert text.legal(legal) == legal == unicodedata.normalize("NFC", legal)


@given(anything)
def test_one_line_is_idempotent_and_has_single_spaces_only(given_text: str) -> None:
    line = text.one_line(given_text)
    assert text.one_line(line) == line
    assert line.split() == [word for word in line.split(" ") if word]
    assert not line.startswith((" ", "\u200b")) and not line.endswith((" ", "\u200b"))


def test_one_line_keeps_joiners_and_takes_exotic_spaces_as_spaces() -> None:
    assert text.one_line("\u200b می\u200cرود\u00a0\u2028\n کتاب \ufeff") == "می\u200cرود کتاب"


@pytest.mark.parametrize("whole", ["👩\u200d👩\u200d👧", "🇸🇾", "بّ", "क्षि", "e\u0301", "\r\n"])
def test_a_user_perceived_character_is_one_grapheme(whole: str) -> None:
    assert text.graphemes(whole) == [whole]


@given(anything)
def test_graphemes_are_those_of_uax_29(given_text: str) -> None:
    assert text.graphemes(given_text) == regex.findall(r"\X", given_text)


def test_flags_are_paired_from_the_left() -> None:
    assert text.graphemes("🇸🇾🇪🇬🇸") == ["🇸🇾", "🇪🇬", "🇸"]


def test_an_excerpt_is_cut_at_a_word_without_the_punctuation_before_the_cut() -> None:
    sentence = "قال المدير إن شركة AT&T، والمكتب سيعملان معا"
    assert text.excerpt(sentence, 30) == "قال المدير إن شركة AT&T…"
    assert text.excerpt(sentence, 24) == "قال المدير إن شركة AT&T…"
    assert text.excerpt(sentence, 1000) == sentence
    assert text.excerpt("ab cd", 5) == "ab cd"
    assert text.excerpt("", 5) == ""


def test_a_single_long_word_and_a_script_without_spaces_are_cut_between_graphemes() -> None:
    assert text.excerpt("می\u200cخواهیم", 3) == "می\u200cخ…"
    assert text.excerpt("Tokyo 日本語の長い文章です", 8) == "Tokyo 日本…"
    assert text.excerpt("🇸🇾🇪🇬🇮🇶", 2) == "🇸🇾🇪🇬…"


def test_an_excerpt_never_leaves_an_isolate_open() -> None:
    assert text.excerpt(f"نص {LRI}+963 11 555{PDI} طويل", 8) == "نص +963…"


@given(anything, st.integers(1, 40))
def test_an_excerpt_is_a_prefix_in_whole_graphemes_within_the_limit(given_text: str, limit: int) -> None:
    short = text.excerpt(given_text, limit)
    depth = 0
    for character in short:
        depth += (character in "\u2066\u2067\u2068") - (character == PDI)
        assert depth >= 0
    assert depth == 0
    assert len(text.graphemes(short)) <= limit + 1
    visible = text.bidi.strip(text.one_line(text.bidi.clean(text.one_line(given_text))))
    if short.endswith("…") and text.bidi.strip(short) != visible:
        assert visible.startswith(text.bidi.strip(short[:-1]))


@given(
    st.lists(
        st.sampled_from(
            ["می\u200cخواهیم", "👩\u200d👩\u200d👧", "🇸🇾🇪🇬", "مَرْحَبًا", "क्षि", "e\u0301", "a", "، ", " ", "."]
        ),
        max_size=20,
    ).map("".join),
    st.integers(1, 30),
)
def test_an_excerpt_never_cuts_a_grapheme_and_keeps_its_joiners(given_text: str, limit: int) -> None:
    whole = text.graphemes(text.one_line(given_text))
    short = text.excerpt(given_text, limit)
    if len(whole) <= limit:
        assert short == "".join(whole)
        return
    kept = text.graphemes(short[:-1])
    assert short[-1] == "…" and len(kept) <= limit
    assert kept == whole[: len(kept)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إِسْلَامٌ", "اسلام"), ("ٱلكتاب", "الكتاب"), ("مدرســة", "مدرسه"), ("هدى", "هدي"), ("می\u200cرود", "ميرود"), ("کتاب", "كتاب"),
        ("۱۲۳ ٤٥٦", "123 456"), ("פִּתּוּחַ", "פתוח"), ("Café STRASSE", "cafe straße"), ("\u200fأحمد\u00a0 علي", "احمد علي"),
    ],
)  # fmt: skip
def test_folded_texts_are_equal_where_readers_type_the_same_word(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


def test_folding_keeps_the_vowel_signs_of_scripts_that_need_them() -> None:
    assert text.fold("कि") != text.fold("कु")
    assert text.fold("ދި") != text.fold("ދު")


@given(anything)
def test_folding_is_idempotent(given_text: str) -> None:
    assert text.fold(text.fold(given_text)) == text.fold(given_text)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("C", "C"), ("C++", "C++"), ("C#", "C#"), ("كأس العالم", "كأس-العالم"), ("a/b", "a/b"), ("cafe\u0301", "café"),
        ("\u200fسوريا\u202e", "سوريا"), ("می\u200cرود", "می\u200cرود"), (".", "~."), ("..", "~.."), ("~..", "~~.."), ("~x", "~x"),
        ("\u200f", ""), ("Node.js", "Node.js"), ("a/page/2", "a/page/~2"), ("page/2", "page/~2"), ("a/archive/~1", "a/archive/~~1"),
        ("a/page/02", "a/page/02"), ("a/page/2/b", "a/page/2/b"), ("webpage/2", "webpage/2"), ("a/", "a/~"), ("a/~", "a/~~"), ("/", "~/~"),
        ("a/../b", "a/~../b"), ("~", "~"), ("~/a", "~~/a"), ("24/7", "24/7"), ("page", "page"), ("...", "~..."), (".net/c", ".net/c"),
    ],
)  # fmt: skip
def test_a_slug_is_the_name_as_written_fit_for_one_path_segment(name: str, slug: str) -> None:
    assert text.slug(name) == slug


@given(st.text("~.", max_size=6), st.text("~.", max_size=6))
def test_the_escape_of_dots_is_reversible(one: str, other: str) -> None:
    assert text.slug(one) not in (".", "..")
    assert (text.slug(one) == text.slug(other)) == (one == other)


@pytest.mark.parametrize(
    ("tag", "hashtag"),
    [
        ("C++", "Cpp"), ("C#", "Csharp"), ("Node.js", "Node_js"), ("كأس العالم 2026", "كأس_العالم_2026"), ("#سوريا", "سوريا"),
        ("2024", ""), ("!!!", ""), ("צה\"ל", "צהל"), ("کتاب\u200cها", "کتاب\u200cها"), ("AT&T", "ATT"), ("a - b", "a_b"), ("", ""),
    ],
)  # fmt: skip
def test_a_hashtag_is_taken_whole_by_networks(tag: str, hashtag: str) -> None:
    assert text.hashtag(tag) == hashtag


@pytest.mark.parametrize(
    "unit", ["🇸", "a\u0315\u0300", "\u0315\u0300", "👩\u200d", "\u0600", "\u2066", " ", "_\u200c", "..", "क्"]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    start = time.process_time()
    for function in (text.legal, text.graphemes, text.fold, text.slug, text.hashtag):
        function(unit * 100_000)
    text.excerpt(unit * 100_000, 50_000)
    assert time.process_time() - start < 8  # quadratic time is minutes


# --- the short ways of ordinary text ----------------------------------------------------------------

_ORDINARY = st.text(
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةىپچژگکی٠١٢٣۴۵אבגדהםןabcXYZ 019\n\t،؛؟«»…–“”‘’.-#&<>", max_size=200
)


@given(_ORDINARY)
def test_ordinary_text_is_folded_as_any_other(given_text: str) -> None:
    assert text.fold(given_text) == text.fold(given_text + " \u0301").rstrip() == text.fold(text.fold(given_text))


@given(_ORDINARY)
def test_ordinary_text_is_legal_as_it_stands(given_text: str) -> None:
    assert text.legal(given_text) == given_text == text.legal(given_text + "\x00")


@given(_ORDINARY, st.integers(0, 60))
def test_the_excerpt_of_a_long_text_is_that_of_its_beginning(given_text: str, limit: int) -> None:
    long = " ".join([given_text] * 40)
    if len(text.graphemes(text.plain(long))) > limit + 2:
        # With the mark it is no ordinary text, and takes the long way.
        assert text.excerpt(long, limit) == text.excerpt(long + " \u200d", limit)
