"""Advice for editors in `check`: each with its line, each can be silenced in the file and for the site."""

from __future__ import annotations

import pytest
from conftest import Maker

ARABIC = "نص عربي طويل بما يكفي ليكون مقالا صغيرا عن القراءة."
CASES = {
    "override": ("title: خبر\nlang: ar", f"{ARABIC}\n\nكلمة \u202eabc\u202c هنا", 8, "content", "bidi-controls"),
    "unbalanced": ("title: خبر", f"{ARABIC}\n\nبداية \u2067بلا نهاية", 7, "content", "bidi-controls"),
    "override in the title": ('title: "خبر \u202dabc"', ARABIC, 2, "title", "bidi-controls"),
    "phone": ("title: اتصل على +963 11 555-1234 الآن", ARABIC, 2, "title", "title-order"),
    "script": (
        "title: News of the day\nlang: ar",
        "A text in English that is long enough to be sure.",
        3,
        "lang",
        "script",
    ),
    "hebrew for arabic": ("title: Reading\nlang: en", ARABIC, 3, "lang", "script"),
    "full stop": ("title: انتهى الخبر.", ARABIC, 2, "title", "latin-punctuation"),
    "comma": ("title: انتهى الخبر,", ARABIC, 2, "title", "latin-punctuation"),
    "digits": ("title: خبر", f"{ARABIC}\nفي عام 2024 وصل ٤٠٠ شخص.", 6, "content", "mixed-digits"),
    "digits in the title": ("title: 24 ساعة و٧ أيام", ARABIC, 2, "title", "mixed-digits"),
}
FINE = {
    "isolates in pairs": ("title: خبر", f"{ARABIC} \u2068abc\u2069 ثم"),
    "marks": ('title: "\u200fGoogle تعلن"', ARABIC),
    "two sentences": ("title: خبر", "في عام 2024 وصلوا. ثم جاء ٤٠٠ شخص بعد ذلك بيوم واحد."),
    "code and addresses": ("title: خبر", f"{ARABIC} `x = 1` و https://news.example/2024 ثم ٤٠٠ شخص."),
    "hebrew full stop": ("title: סוף.\nlang: he", "טקסט עברי קצר שמספיק כדי להיות כתבה על קריאה."),
    "english full stop": ("title: The end.\nlang: en", "A text in English that is long enough to be sure."),
    "a stated direction": ("title: News\nlang: ar\ndir: ltr", "A text in English that is long enough to be sure."),
    "no language stated": ("title: News", "A text in English that is long enough to be sure."),
}


def _file(front: str, body: str) -> str:
    return f"---\n{front}\ndate: 2025-04-29\n---\n{body}\n"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_an_editor_should_look_at_is_said_with_its_line_and_name(
    newsroom: Maker, case: tuple[str, str, int, str, str]
) -> None:
    front, body, line, field, name = case
    report = newsroom({"a.md": _file(front, body)}).check()
    (fault,) = report.about("content/a.md")
    assert (fault.field, fault.severity) == (field, "warning") and f"(silence: {name})" in fault.message
    assert fault.line == line and report.code == 0


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_can_be_silenced_in_the_file_and_for_the_site(
    newsroom: Maker, case: tuple[str, str, int, str, str]
) -> None:
    front, body, _, _, name = case
    assert not newsroom({"a.md": _file(f"{front}\nsilence: [{name}]", body)}).check().about("content/a.md")
    assert not newsroom({"a.md": _file(front, body)}, check={"silence": [name]}).check().about("content/a.md")


@pytest.mark.parametrize("case", FINE.values(), ids=FINE)
def test_nothing_is_said_about_what_is_right(newsroom: Maker, case: tuple[str, str]) -> None:
    assert not newsroom({"a.md": _file(*case)}).check().about("content/a.md")


def test_a_name_that_is_none_is_reported(newsroom: Maker) -> None:
    report = newsroom({"a.md": _file("title: خبر\nsilence: [everything]", ARABIC)}).check()
    (fault,) = report.about("content/a.md")
    assert (fault.line, fault.field) == (3, "silence") and "'everything'" in fault.message
    site = newsroom({}, check={"silence": ["everything"]}).check()
    assert site.code == 1 and "check.silence" in site.stdout and "mixed-digits" in site.stdout
