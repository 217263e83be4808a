"""Ready posts: within each network's length, whole words and hashtags, the right direction."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import bidi, posts

URL = "https://news.example/s/abc"
LONG = "كلمة " * 200


def test_a_post_is_headline_hashtags_and_permalink() -> None:
    tags = posts.hashtags(("كرة القدم", "C++", "a.b"), 3)
    assert tags == ("#كرة_القدم", "#Cpp", "#a_b")
    assert posts.post("خبر اليوم", tags, URL, "rtl", "mastodon") == f"خبر اليوم\n\n#كرة_القدم #Cpp #a_b\n\n{URL}"


def test_a_headline_that_begins_with_latin_starts_with_a_mark() -> None:
    assert posts.post("Google تعلن", (), URL, "rtl", "x").startswith("\u200fGoogle")


@pytest.mark.parametrize(
    ("text", "weight"),
    [("abc", 3), ("سلام", 4), ("日本", 4), ("👨\u200d👩\u200d👧", 2), ("…", 2), ("“a”", 3), ("🇸🇾", 2)],
)
def test_x_weighs_as_twitter_text_does(text: str, weight: int) -> None:
    assert posts.x_length(text, URL) == weight + 23


def test_equal_hashtags_are_one_and_no_more_than_asked_for() -> None:
    assert posts.hashtags(("AI", "ai", "١٢", "ب"), 2) == ("#AI", "#ب")


@pytest.mark.parametrize("network", posts.NETWORKS)
def test_hashtags_go_before_the_headline_is_cut(network: str) -> None:
    limit, length = posts.NETWORKS[network]
    made = posts.post(LONG, ("#وسم",), URL, "rtl", network)
    head = made.removesuffix(URL)
    assert "#" not in head and head.rstrip().endswith("كلمة…") and length(head, URL) <= limit
    assert length(head, URL) > limit - 8  # a word is five letters and a space


@pytest.mark.parametrize("network", posts.NETWORKS)
@pytest.mark.parametrize("marks", ["needed", "isolate"])
def test_a_headline_that_comes_with_marks_is_cut_by_what_is_posted(network: str, marks: bidi.Marks) -> None:
    """As feeds give it: each invisible mark counted as one letter when the place of the cut was looked for."""
    limit, length = posts.NETWORKS[network]
    for letters in range(1, 12):
        title = bidi.title(f"Nashra {'ب' * letters} {LONG}", "rtl", marks)
        assert length(posts.post(title, (), URL, "rtl", network).removesuffix(URL), URL) <= limit


@settings(max_examples=60, deadline=None)
@given(
    st.text(min_size=1, max_size=900),
    st.lists(st.text(max_size=40), max_size=6),
    st.sampled_from(sorted(posts.NETWORKS)),
)
def test_no_post_is_too_long_and_each_ends_in_the_whole_permalink(title: str, tags: list[str], network: str) -> None:
    limit, length = posts.NETWORKS[network]
    found = posts.hashtags(tags, 3)
    made = posts.post(title.replace("#", ""), found, URL, "rtl", network)
    assert made.endswith(URL) and length(made.removesuffix(URL), URL) <= limit
    assert all(word in found for word in made.split() if word.startswith("#"))
