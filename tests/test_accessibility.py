"""axe-core finds nothing to mend on any kind of page, in light and in dark, on a desk and on a telephone."""

from __future__ import annotations

import pytest
from browser.visit import visit
from clients import programs
from every_page import every_page

AXE = programs.NODE_MODULES / "axe-core" / "axe.min.js"
# Rules for content that is good or bad by itself; what a browser could not decide (`incomplete`) is not a violation.
QUESTION = """
const found = await page.axe.run(page.document, { resultTypes: ["violations"] });
return {
  checked: found.passes.map((each) => each.id),
  violations: found.violations.map((each) => `${each.id}: ${each.help}: ${each.nodes.map((node) => node.html).join(" | ")}`),
};
"""


def library() -> str:
    if not AXE.is_file():
        programs.missing("no axe-core here; install npm and run `sh tests/npm.sh`")
    return AXE.read_text("utf-8").replace("</script", "<\\/script")


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (False, 360), (True, 1280)])
def test_no_page_has_a_violation(dark: bool, width: int) -> None:
    shown = every_page()
    found = visit(shown, QUESTION, dark=dark, width=width, library=library())
    assert found.keys() == shown.keys()
    assert {name: each["violations"] for name, each in found.items() if each["violations"]} == {}
    assert all({"color-contrast", "html-has-lang", "link-name"} <= set(each["checked"]) for each in found.values())


def test_the_question_for_a_server_has_no_violation_either() -> None:
    shown = {name: body for name, body in every_page().items() if name.startswith("article-")}
    found = visit(shown, f"page.document.querySelector('[data-share=mastodon]').click(); {QUESTION}", library=library())
    assert {name: each["violations"] for name, each in found.items() if each["violations"]} == {}
    assert all("label" in each["checked"] for each in found.values())


def test_the_judge_sees_a_fault() -> None:
    body = every_page()["home"].replace(b'<html lang="ar"', b"<html").replace(b"<main ", b"<div ")
    found = visit({"home": body}, QUESTION, library=library())
    assert {line.partition(":")[0] for line in found["home"]["violations"]} >= {"html-has-lang"}


def test_dark_is_dark() -> None:
    question = "return page.getComputedStyle(page.document.documentElement).backgroundColor;"
    shown = {"home": every_page()["home"]}
    assert visit(shown, question)["home"] == "rgb(255, 255, 255)"
    assert visit(shown, question, dark=True)["home"] == "rgb(21, 24, 27)"
