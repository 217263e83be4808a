"""What makes right-to-left text come out right in software we do not control: one test for each rule, over what the
running product says in its feeds and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest
import regex
from conftest import Maker
from newsroom import Newsroom, article
from reading import XML, Item

LRM, RLM, ALM, LRI, RLI, FSI, PDI = "\u200e", "\u200f", "\u061c", "\u2066", "\u2067", "\u2068", "\u2069"
RLO, PDF, ZWNJ, BOM = "\u202e", "\u202c", "\u200c", "\ufeff"
CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PAIRED = re.compile("[\u202a-\u202e\u2066-\u2069]")

MIXED = """OpenAI تعلن عن نموذج جديد، والتفاصيل في هذا التقرير الطويل.

راسلوا desk@news.example أو @sana أو +963 11 555-1234، أو زوروا <https://example.org/a> قبل الإصدار v2.0 من `make{RLM} all`.

## Apple وGoogle

- Python لغة برمجة
- عنصر ثان

| الاسم | السعر |
|---|---|
| iPhone الجديد | 999 |

> The library is open to everyone.

```
x = 1{RLM} + 2
```

<p style="direction:rtl" class="x" align="right" dir="auto">فقرة أخيرة من الخبر.</p>
""".replace("{RLM}", RLM)

FILES = {
    # Titles.
    "plain.md": article("سوريا تفوز"),
    "latin-first.md": article("Google تعلن عن نموذج"),
    "no-letter.md": article("2024: 100%", lang="ar"),
    "english.md": article("Coalition comments on the attack.", "The body is English too, all of it.", lang="en"),
    "english-arabic-first.md": article("الجزيرة: a report on the news", "The body is English too.", lang="en"),
    "phone.md": article("اتصل على +963 11 555-1234 الآن"),
    "isolated-latin.md": article(f"{LRI}Google{PDI} تعلن"),
    "isolated-arabic.md": article(f"{RLI}سوريا{PDI} Google", lang="ar"),
    "marked.md": article(f"{RLM}Google تعلن عن شيء"),
    "letter-marked.md": article(f"{ALM}Google تعلن عن أمر"),
    "wrapped.md": article(f"{RLI}Google تعلن عن خبر{PDI}"),
    "overridden.md": article(f"{BOM}خبر {RLO}مقلوب{PDF} {RLI}مفتوح می{ZWNJ}خواهم"),
    # Directions.
    "by-dir.md": article("Hello there", "English words only, all of them.", lang="en", dir="rtl"),
    "by-script.md": article("Baku", "Qısa mətn burada.", lang="az-Arab"),
    "by-letters.md": article("iPhone", "كشفت الشركة اليوم عن هاتف جديد في مؤتمرها السنوي."),
    "by-english-letters.md": article("الجزيرة", "The channel reported today that the summit had ended without any deal at all."),
    # Contents.
    "mixed.md": article("خبر مختلط", MIXED, tags=f"[{RLM}سوريا, iOS]", author="هيئة التحرير"),
    "long.md": article("خبر طويل", f"Reuters نقلت {RLI}عن مصدر{PDI} أن " + "الكلمات كثيرة جدا في هذا النص. " * 20),
}  # fmt: skip


@pytest.fixture(scope="module")
def rooms(shared_newsroom: Maker) -> dict[str, Newsroom]:
    def make(**feeds: object) -> Newsroom:
        return shared_newsroom(FILES, inside=True, feeds={"items": 50, "summary_length": 40, **feeds})

    return {"needed": make(), "isolate": make(title_marks="isolate")}


@pytest.fixture(scope="module")
def items(rooms: dict[str, Newsroom]) -> dict[str, Item]:
    return _items(rooms["needed"])


@pytest.fixture(scope="module")
def isolated(rooms: dict[str, Newsroom]) -> dict[str, Item]:
    return _items(rooms["isolate"])


def _items(room: Newsroom) -> dict[str, Item]:
    """By token; the three formats say the same title, summary and content."""
    rss, atom, feed = ({item.token: item for item in document.items} for document in room.feeds())
    for token, item in atom.items():
        for other in (rss[token], feed[token]):
            assert (other.raw_title, other.content_html, other.summary) == (
                item.raw_title, item.content_html, item.summary,
            )  # fmt: skip
    return atom


def _fragment(item: Item) -> Any:
    return html5lib.parseFragment(item.content_html, namespaceHTMLElements=False)


def _root(item: Item) -> ElementTree.Element:
    """The one element of the content."""
    (root,) = _fragment(item)
    return root


def _element(item: Item, name: str) -> ElementTree.Element:
    found = _root(item).find(f".//{name}")
    assert found is not None
    return found


def _text(node: ElementTree.Element) -> str:
    return "".join(node.itertext())


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in LRI + RLI + FSI) - (character == PDI)
        if depth < 0:
            return False
    return depth == 0


def test_rule_1_each_item_has_its_own_direction_from_dir_then_language_then_letters(items: dict[str, Item]) -> None:
    found = {token: _root(items[token]).get("dir") for token in items}
    assert found["by-dir"] == "rtl"
    assert found["by-script"] == "rtl"
    assert found["by-letters"] == "rtl"
    assert found["by-english-letters"] == "ltr"
    assert found["english-arabic-first"] == "ltr"


def test_rule_2_one_mark_stands_before_a_title_whose_first_strong_letter_misleads(items: dict[str, Item]) -> None:
    assert items["latin-first"].raw_title == RLM + "Google تعلن عن نموذج"
    assert items["no-letter"].raw_title == RLM + "2024: 100%"
    assert items["english-arabic-first"].raw_title == LRM + "الجزيرة: a report on the news"
    assert items["plain"].raw_title == "سوريا تفوز"
    assert items["english"].raw_title == "Coalition comments on the attack."


def test_rule_3_the_first_strong_letter_is_sought_inside_isolates_and_outside(items: dict[str, Item]) -> None:
    assert items["isolated-latin"].raw_title == f"{RLM}{LRI}Google{PDI} تعلن"
    assert items["isolated-arabic"].raw_title == f"{RLM}{RLI}سوريا{PDI} Google"


@pytest.mark.parametrize("mode", ["needed", "isolate"])
def test_rule_4_a_left_to_right_title_never_holds_a_right_to_left_mark(rooms: dict[str, Newsroom], mode: str) -> None:
    titles = [item.raw_title for item in _items(rooms[mode]).values() if _root(item).get("dir") == "ltr"]
    assert len(titles) >= 3
    assert not any(RLM in title or ALM in title for title in titles)


def test_rule_5_marks_are_not_doubled_and_harmful_controls_go(items: dict[str, Item]) -> None:
    assert items["marked"].raw_title == RLM + "Google تعلن عن شيء"
    assert items["letter-marked"].raw_title == ALM + "Google تعلن عن أمر"
    assert items["wrapped"].raw_title == f"{RLI}Google تعلن عن خبر{PDI}"
    assert items["overridden"].raw_title == f"خبر مقلوب مفتوح می{ZWNJ}خواهم"


def test_rule_6_isolate_wraps_a_title_for_hosts_that_are_blindly_left_to_right(isolated: dict[str, Item]) -> None:
    assert isolated["latin-first"].raw_title == f"{RLM}{RLI}Google تعلن عن نموذج{PDI}"


def test_rule_7_isolate_is_off_by_default_wraps_only_what_needs_it_and_stays_out_of_pages(
    rooms: dict[str, Newsroom], items: dict[str, Item], isolated: dict[str, Item]
) -> None:
    own = {"isolated-latin", "isolated-arabic", "wrapped"}  # isolates that the author wrote
    assert [token for token, item in items.items() if PAIRED.search(item.raw_title) and token not in own] == []
    assert isolated["plain"].raw_title == "سوريا تفوز"
    for token in ("latin-first", "phone", "wrapped"):
        page = rooms["isolate"].page(token)
        said = [page.one_meta("og:title"), page.title, *page.meta("twitter:title")]
        assert not any(PAIRED.search(text) for text in said)


def test_rule_8_isolate_keeps_together_what_right_to_left_order_scrambles(isolated: dict[str, Item]) -> None:
    assert isolated["phone"].raw_title == f"اتصل على {LRI}+963 11 555-1234{PDI} الآن"  # rule 7: no letter L


@pytest.mark.parametrize("mode", ["needed", "isolate"])
def test_rule_9_a_text_is_cut_before_its_mark_is_set(rooms: dict[str, Newsroom], mode: str) -> None:
    summary = _items(rooms[mode])["long"].summary
    assert summary.startswith(RLM + "Reuters نقلت") and summary.endswith("…")
    assert _balanced(summary) and not re.search("[\u202a-\u202e]", summary)
    assert len(regex.findall(r"\X", CONTROLS.sub("", summary))) <= 40 + 1
    words = CONTROLS.sub("", summary).removesuffix("…").split()
    assert set(words) <= {*CONTROLS.sub("", FILES["long.md"]).split()}


def test_rule_10_identifiers_hold_no_control_and_do_not_depend_on_the_marks(
    items: dict[str, Item], isolated: dict[str, Item]
) -> None:
    for token, item in items.items():
        names = [item.id, item.link, *item.categories, *(file.url for file in item.enclosures)]
        assert not any(CONTROLS.search(name) for name in names)
        assert (isolated[token].id, isolated[token].link) == (item.id, item.link)
    assert set(items["mixed"].categories) == {"سوريا", "iOS"}


def test_rule_11_marks_are_literal_utf_8(rooms: dict[str, Newsroom]) -> None:
    for url in rooms["isolate"].feed_urls:
        body = rooms["isolate"].ok(url).body
        assert (RLM + RLI).encode() in body
        assert not re.search(rb"(?i)&(?:amp;)?(?:rlm|lrm|#8207|#x200f|#8206|#x200e)|\\u20[06]", body)


def test_rule_12_the_whole_and_every_block_of_it_carry_a_direction(items: dict[str, Item]) -> None:
    root = _root(items["mixed"])
    assert (root.tag, root.get("dir"), root.get("lang")) == ("div", "rtl", "ar")
    assert {"p", "h2", "ul", "table", "pre"} <= {block.tag for block in root}
    assert [block.tag for block in root if block.get("dir") not in ("rtl", "ltr")] == []
    assert [block.tag for block in root if block.get("dir") == "rtl" and block.get("lang")] == []


def test_rule_13_addresses_phones_and_versions_are_isolated_and_links_and_code_carry_it_themselves(
    items: dict[str, Item],
) -> None:
    root = _root(items["mixed"])
    runs = [_text(bdi) for bdi in root.iter("bdi") if bdi.get("dir") == "ltr"]
    assert runs == ["desk@news.example", "@sana", "+963 11 555-1234", "v2.0"]
    assert [a.get("dir") for a in root.iter("a")] == ["ltr"]
    assert {code.get("dir") for code in root.iter("code")} == {"ltr"}


def test_rule_14_content_and_blocks_that_begin_with_latin_begin_with_a_mark(items: dict[str, Item]) -> None:
    assert items["mixed"].content_html.startswith(RLM + "<div")
    root = _root(items["mixed"])
    marked = [
        _text(node) for node in root.iter() if node.tag in ("p", "h2", "li", "td") and _text(node).startswith(RLM)
    ]
    assert [text.split()[0] for text in marked] == [f"{RLM}OpenAI", f"{RLM}Apple", f"{RLM}Python", f"{RLM}iPhone"]
    assert not CONTROLS.search(items["plain"].content_html)


def test_rule_15_a_host_with_dir_auto_meets_the_mark_outside_every_element_with_a_direction(
    items: dict[str, Item],
) -> None:
    fragment = _fragment(items["mixed"])
    assert fragment.text == RLM and [child.get("dir") for child in fragment] == ["rtl"]


def test_rule_16_code_is_left_to_right_and_holds_no_control(items: dict[str, Item]) -> None:
    root = _root(items["mixed"])
    codes = [node for node in root.iter() if node.tag in ("code", "pre")]
    assert [_text(node).strip() for node in codes] == ["make all", "x = 1 + 2", "x = 1 + 2"]
    assert {node.get("dir") for node in codes} == {"ltr"}


def test_rule_17_an_english_block_in_an_arabic_article_has_its_own_direction_and_language(
    items: dict[str, Item],
) -> None:
    quote = _element(items["mixed"], "blockquote")
    assert (quote.get("dir"), quote.get("lang")) == ("ltr", "en")


def test_rule_18_direction_is_never_left_to_style_class_align_or_auto(items: dict[str, Item]) -> None:
    for item in items.values():
        for node in _root(item).iter():
            assert not {"style", "class", "align"}.intersection(node.keys())
            assert node.get("dir") != "auto"


def test_rule_19_a_summary_is_plain_text_in_the_language_of_its_item(
    rooms: dict[str, Newsroom], items: dict[str, Item]
) -> None:
    assert items["mixed"].summary.startswith(RLM + "OpenAI تعلن")
    assert items["english"].summary == "The body is English too, all of it."
    assert not any(re.search(r"<\w|&\w+;", item.summary) for item in items.values())
    (summary,) = rooms["needed"].atom()["mixed"].node.findall("{http://www.w3.org/2005/Atom}summary")
    assert summary.get("type", "text") == "text"


def test_rule_20_nothing_stands_before_the_first_words_of_the_article(items: dict[str, Item]) -> None:
    assert _text(_root(items["mixed"])).startswith(RLM + "OpenAI تعلن عن نموذج جديد")
    assert _text(_root(items["plain"])) == "نص قصير للتجربة."


@pytest.mark.parametrize("language", ["ar", "fa", "he"])
def test_rule_21_rss_has_one_language_and_it_is_bare(newsroom: Maker, language: str) -> None:
    room = newsroom({"a.md": article("خبر"), "b.md": article("News", "All English words here.", lang="en-US")}, inside=True,
                    site={"language": language})  # fmt: skip
    channel = room.rss().root
    assert [node.text for node in channel.findall("language")] == [language]


def test_rule_22_each_language_has_a_feed_and_the_mixed_one_isolates_its_minority(
    rooms: dict[str, Newsroom], isolated: dict[str, Item]
) -> None:
    room = rooms["isolate"]
    assert room.rss().language == "ar"
    english = room.rss(f"{room.site_url}/feeds/lang/en/rss.xml")
    assert english.language == "en"
    assert {"english", "english-arabic-first"} <= set(english.tokens) and "plain" not in english.tokens
    assert isolated["english"].raw_title == f"{LRI}Coalition comments on the attack.{PDI}"


def test_rule_23_every_feed_and_every_item_says_its_language(rooms: dict[str, Newsroom]) -> None:
    rss, atom, feed = rooms["needed"].feeds()
    assert (rss.language, atom.language, feed.language) == ("ar", "ar", "ar")
    assert atom.root.get(f"{XML}lang") == "ar"
    assert all(entry.node.get(f"{XML}lang") for entry in atom.items)
    for document in (rss, atom, feed):
        assert document["plain"].language == "ar"
        assert document["english"].language == "en"
        assert document["by-script"].language == "az-Arab"


def test_rule_24_no_element_of_a_feed_has_a_dir_attribute(rooms: dict[str, Newsroom]) -> None:
    def attributes(root: Any) -> Iterator[str]:
        for node in root.iter():
            yield from (str(name).rpartition("}")[2] for name in node.keys())  # noqa: SIM118

    room = rooms["needed"]
    names = {*attributes(room.rss().root.getparent()), *attributes(room.atom().root)}
    assert "lang" in names and "dir" not in names
