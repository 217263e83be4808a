"""A slice of `make fuzz` with a fixed seed, and that its promises can be broken at all."""

from __future__ import annotations

from fuzz_inputs import Inputs, seeds
from fuzz_promises import feed_faults, html_faults, log_faults, page_faults, text_faults
from fuzz_runs import FEEDS, configs, contents, raw_requests, requests, room
from newsroom import article

SEED = 20250430


def test_no_content_file_breaks_a_promise() -> None:
    assert list(contents(Inputs(SEED), 1_250)) == []


def test_no_config_file_breaks_a_promise() -> None:
    assert list(configs(Inputs(SEED), 400)) == []


def test_no_request_breaks_a_promise() -> None:
    assert list(requests(Inputs(SEED), 750)) == []


def test_no_bytes_on_a_socket_break_a_promise() -> None:
    assert list(raw_requests(Inputs(SEED), 100)) == []


def test_the_same_seed_gives_the_same_inputs() -> None:
    first, second, other = (Inputs(seed) for seed in (1, 1, 2))
    ours = [first.content() for _ in range(50)]
    assert ours == [second.content() for _ in range(50)] != [other.content() for _ in range(50)]
    assert len(seeds()) > 100


def test_the_promises_see_what_is_wrong() -> None:
    for fragment in (
        "<script>x</script>", '<p onclick="x">x</p>', '<a href="javascript:x">x</a>', '<a href="/x">x</a>', "<li>x</li>", "<p>x",
        "<!-- x -->", '<img src="https://x.example/a b.png">', "<p><rt>x</rt></p>", '<img srcset="data:x 1x">', "<form>x</form>",
    ):  # fmt: skip
        assert html_faults(fragment), fragment
    assert (
        html_faults('<div dir="rtl" lang="ar"><ul><li><a href="https://x.example/%D8%A3">x</a></li></ul></div>') == []
    )
    for character in "\0\x07\x7f\x85\ud800\ufdd0\ufeff\uffff":
        assert text_faults(f"أ{character}ب")
    assert text_faults("أ\n\t\u200f\u200c😀") == []
    for page in ("<script>x</script>", '<p onload="x">', '<a href="javascript:x">x</a>', "<iframe></iframe>"):
        assert page_faults(f"<!doctype html>{page}"), page
    for line in ("Traceback", "content/a.md:9: title: x", "content/a.md:0: title: x", "content/a.md:1: : x"):
        assert list(log_faults(line, {"content/a.md": 3})), line
    with room({"a.md": article()}) as (made, _):
        bodies = [made.ok(url).body for url in FEEDS]
    assert list(feed_faults(*bodies)) == []
    assert list(feed_faults(bodies[0].replace("خبر".encode(), b"x"), *bodies[1:]))
    assert list(feed_faults(bodies[0][:-5], *bodies[1:]))
