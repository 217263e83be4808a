"""Headlines are broken where UAX #14 allows it, into lines that fit the box; every line carries its direction."""

from __future__ import annotations

import pytest

from feeds.card.lines import fill, fit, pieces

LRI, RLI, PDI, ZWNJ, RLM = "\u2066", "\u2067", "\u2069", "\u200c", "\u200f"


def letters(text: str) -> float:
    """A font whose letters are all one em wide."""
    return float(sum(character not in f"{LRI}{RLI}{PDI}{ZWNJ}{RLM}\u200b" for character in text))


def bare(lines: tuple[str, ...]) -> list[str]:
    return [line.translate(dict.fromkeys(map(ord, LRI + RLI + PDI + RLM))) for line in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two", ["one", "two"]),
        ("well-known fact", ["well-", "known", "fact"]),  # LB21
        ("COVID-19 in 2024-2025", ["COVID-19", "in", "2024-2025"]),  # HY × NU: numbers stay whole
        ("from 10-12 June", ["from", "10-12", "June"]),
        ("بكلفة 2.5 مليار و1,000", ["بكلفة", "2.5", "مليار", "و1,000"]),
        ("10 000 euros", ["10 000", "euros"]),
        ("в 2024 году", ["в", "2024", "году"]),
        ("« oui » : non !", ["« oui » :", "non !"]),  # LB13, LB14 with spaces
        ("„Haus“ »Wort« da", ["„Haus“", "»Wort«", "da"]),
        ("(a b)", ["(a", "b)"]),
        ("می‌گوید او", ["می‌گوید", "او"]),  # ZWNJ is no opportunity
        ("בית-ספר גדול", ["בית-ספר", "גדול"]),  # LB21a
        ("דו־שיח", ["דו־שיח"]),
        ("سوريا-لبنان", ["سوريا-", "لبنان"]),
        ("a\u200bb", ["a", "b"]),  # LB8
        ("-", ["-"]),
        ("", []),
    ],
)
def test_a_line_may_end_here_and_nowhere_else(text: str, expected: list[str]) -> None:
    assert [piece.text for piece in pieces(text, letters)] == expected


def test_lines_are_filled_with_whole_words() -> None:
    assert fill(pieces("aaa bb c dddd e", letters), 6) == ["aaa bb", "c dddd", "e"]


def test_no_space_comes_after_a_hyphen() -> None:
    assert fill(pieces("well-known fact", letters), 20) == ["well-known fact"]
    assert fill(pieces("well-known fact", letters), 10) == ["well-known", "fact"]
    assert fill(pieces("well-known fact", letters), 9) == ["well-", "known", "fact"]


def test_lines_are_of_about_equal_length() -> None:
    # Filled to the edge it would be "aa bb cc dd" and "ee".
    assert bare(fit("aa bb cc dd ee", "ltr", letters, width=11, height=9, sizes=(1,), leading=1).lines) == [
        "aa bb cc",
        "dd ee",
    ]


def test_the_largest_size_in_which_every_word_is_whole_is_taken() -> None:
    def size(text: str) -> int:
        return fit(text, "ltr", letters, width=120, height=40, sizes=(20, 12, 10), leading=1).size

    assert size("abc def") == 20  # two lines of 6 letters
    assert size("abc def ghi") == 12  # 20 would need three lines; 12 has three of 10
    assert size("abcdefgh") == 12  # 8 letters of 20 are wider than 120
    assert size("abcdefghijkl") == 10


def test_what_does_not_fit_is_cut_at_a_word() -> None:
    found = fit("aaaa bbbb cccc dddd eeee", "ltr", letters, width=9, height=2, sizes=(1,), leading=1)
    assert bare(found.lines) == ["aaaa bbbb", "cccc…"]


def test_no_punctuation_stands_before_the_ellipsis() -> None:
    found = fit("aaaa, bbbb, cccc", "ltr", letters, width=12, height=1, sizes=(1,), leading=1)
    assert bare(found.lines) == ["aaaa, bbbb…"]


def test_a_word_wider_than_the_box_is_broken_between_graphemes() -> None:
    text = "e\u0301" * 10  # NFC would make é; the accent alone needs no width here
    found = fit(
        text, "ltr", lambda part: letters(part) - part.count("\u0301"), width=4, height=9, sizes=(1,), leading=1
    )
    assert [len(line) for line in bare(found.lines)] == [4, 4, 2]


def test_a_word_wider_than_the_box_is_broken_neither_in_a_number_nor_at_a_zwnj() -> None:
    found = fit("abc123456xyz", "ltr", letters, width=6, height=9, sizes=(1,), leading=1)
    assert bare(found.lines) == ["abc", "123456", "xyz"]
    found = fit(f"بببب{ZWNJ}تتتت", "rtl", letters, width=4, height=9, sizes=(1,), leading=1)
    assert bare(found.lines) == ["ببب", f"ب{ZWNJ}تتت", "ت"]


def test_an_address_is_broken_after_a_slash() -> None:
    found = fit("x.example/abcd/efgh", "ltr", letters, width=12, height=9, sizes=(1,), leading=1)
    assert bare(found.lines) == ["x.example/", "abcd/efgh"]
    found = fit("x.example/abcd/efgh", "ltr", letters, width=9, height=9, sizes=(1,), leading=1)
    assert bare(found.lines) == ["x.exampl", "e/abcd/", "efgh"]  # no slash at the beginning of a line


def test_a_word_that_fills_the_card_alone_is_cut_inside() -> None:
    found = fit("abc " + "d" * 100, "ltr", letters, width=10, height=2, sizes=(1,), leading=1)
    assert bare(found.lines) == ["abc", "ddddddddd…"]


@pytest.mark.parametrize(("direction", "opener"), [("rtl", RLI), ("ltr", LRI)])
def test_every_line_is_an_isolate_of_the_text_s_direction(direction: str, opener: str) -> None:
    found = fit("aaa bbb ccc", direction, letters, width=3, height=9, sizes=(1,), leading=1)
    assert len(found.lines) == 3
    assert all(line.startswith(opener) and line.endswith(PDI) for line in found.lines)
    assert all(sum(map(line.count, (LRI, RLI))) == line.count(PDI) for line in found.lines)


def test_what_runs_left_to_right_is_isolated_in_a_right_to_left_line() -> None:
    found = fit("لغة C++ هنا", "rtl", letters, width=30, height=9, sizes=(1,), leading=1)
    assert f"{LRI}C++{PDI}" in found.lines[0]


def test_an_isolate_that_a_line_ends_in_goes_on_in_the_next() -> None:
    found = fit(f"أأأأ {LRI}C++ and{PDI} ببب", "rtl", letters, width=4, height=9, sizes=(1,), leading=1)
    assert bare(found.lines) == ["أأأأ", "C++", "and", "ببب"]
    assert f"{LRI}C++{PDI}" in found.lines[1]
    assert f"{LRI}and{PDI}" in found.lines[2]


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", f"{LRI}{PDI}", "a" * 5000, "a " * 2500, f"{LRI}a" * 2500 + PDI * 2500]
)
def test_any_text_fits_the_box(text: str) -> None:
    found = fit(text, "rtl", letters, width=20, height=5, sizes=(2, 1), leading=1)
    assert len(found.lines) <= 5
    assert all(letters(line) <= 20 for line in found.lines)
