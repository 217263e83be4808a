"""What the share bar does when its script runs, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from browser import chromium
from browser.visit import visit
from conftest import Maker
from html_page import Html
from newsroom import article as newsroom_article
from page_samples import SITE, article, config

from feeds import pages

# What the page finds of the device; what it asks of it is kept.
DEVICE = """
window.asked = [];
Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { asked.push(text); %s } } });
Object.defineProperty(navigator, "share", { value: async (data) => { asked.push(data); throw new DOMException("", "AbortError"); } });
"""
WAIT = "const wait = () => new Promise((done) => setTimeout(done, 200));"
TEXT = quote(f"مكتبة & قراءة\n{SITE}/s/a1", safe="")


def ask(question: str, *, device: str = DEVICE % "") -> Any:
    body = pages.article_page(config(), article("مكتبة & قراءة"), None)
    return visit({"page": body}, WAIT + question, library=device)["page"]


def test_the_hidden_buttons_appear_but_for_the_server_that_nobody_has_named() -> None:
    question = """return [...page.document.querySelectorAll("[data-share]")].map(
      (each) => [each.dataset.share, each.getClientRects().length > 0]);"""
    assert dict(ask(question)) == {"mastodon": True, "server": False, "copy": True, "device": True}
    nothing = "Object.defineProperty(navigator, 'share', { value: undefined });"
    assert dict(ask(question, device=nothing))["device"] is False


def test_copying_puts_the_permalink_on_the_clipboard_and_says_so() -> None:
    found = ask("""
      page.document.querySelector("[data-share=copy]").click(); await wait();
      return [page.asked, page.document.querySelector("[role=status]").textContent];""")
    assert found == [[f"{SITE}/s/a1"], "نُسخ الرابط."]


def test_where_copying_fails_the_address_is_selected_and_the_reader_told() -> None:
    found = ask(
        """
      page.document.execCommand = () => false;
      page.document.querySelector("[data-share=copy]").click(); await wait();
      return [String(page.getSelection()), page.document.querySelector("[role=status]").textContent];""",
        device=DEVICE % "throw new Error()",
    )
    assert found[0] == f"{SITE}/s/a1" and found[1].startswith("تعذّر النسخ")


def test_the_device_gets_title_and_address_and_may_be_dismissed() -> None:
    question = 'page.document.querySelector("[data-share=device]").click(); await wait(); return page.asked;'
    assert ask(question) == [{"title": "مكتبة & قراءة", "url": f"{SITE}/s/a1"}]


ANSWER = """
const bar = page.document.querySelector(".share");
const link = bar.querySelector("[data-share=mastodon]");
const dialog = bar.querySelector("dialog");
const input = bar.querySelector("input");
page.localStorage.clear();
link.click();
const opened = [dialog.open, page.document.activeElement === input];
input.value = name;
input.dispatchEvent(new page.KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
const answered = { opened, open: dialog.open, href: link.href, kept: { ...page.localStorage },
  wrong: bar.querySelector("[role=alert]").textContent, invalid: input.getAttribute("aria-invalid"),
  other: bar.querySelector("[data-share=server]").getClientRects().length > 0 };
page.localStorage.clear();
page.stop();
return answered;
"""


def answers(*written: str) -> dict[str, Any]:
    body = pages.article_page(config(), article("مكتبة & قراءة"), None)
    return visit(dict.fromkeys(written, body), ANSWER, library=DEVICE % "")


def test_a_reader_s_server_is_asked_for_once_and_kept() -> None:
    for found in answers(
        "social.example", " https://Social.Example/@sara ", "@sara@social.example", "social.example/home?x=1"
    ).values():
        assert found["opened"] == [True, True] and found["open"] is False and found["other"] is True
        assert found["href"] == f"https://social.example/share?text={TEXT}"
        assert found["kept"] == {"nashra.mastodon": "social.example"}


def test_what_is_no_server_is_refused_with_a_reason() -> None:
    for found in answers("", "social", "javascript:alert(1)", "a b.example", "<script>", "a.b:x").values():
        assert found["open"] is True and found["invalid"] == "true" and "mastodon.social" in found["wrong"]
        assert found["href"].startswith("https://share.joinmastodon.org/#text=") and found["kept"] == {}


def test_a_kept_server_needs_no_question() -> None:
    kept = "localStorage.setItem('nashra.mastodon', 'social.example');"
    question = """const link = page.document.querySelector("[data-share=mastodon]"); page.localStorage.clear();
      return [link.href, page.document.querySelector("[data-share=server]").getClientRects().length > 0];"""
    assert ask(question, device=kept) == [f"https://social.example/share?text={TEXT}", True]
    forged = "localStorage.setItem('nashra.mastodon', 'x/@y <b>');"
    assert ask(question, device=forged)[0].startswith("https://share.joinmastodon.org/")


def test_the_script_runs_under_the_site_s_own_policy(newsroom: Maker, tmp_path: Path) -> None:
    room = newsroom({"a.md": newsroom_article()}, serve=True)
    address = f"http://127.0.0.1:{room.port}/s/a"
    flags = [flag for flag in chromium.FLAGS if "resolver" not in flag]
    dumped = chromium._run(
        [chromium.program(), *flags, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=5000",
         f"--user-data-dir={tmp_path}/profile", "--dump-dom", address], str(tmp_path),
    )  # fmt: skip
    (copy,) = [item for item in Html.parse(dumped).all("li") if item.find("button[@data-share='copy']") is not None]
    (before,) = [item for item in room.page("a").all("li") if item.find("button[@data-share='copy']") is not None]
    assert before.get("hidden") is not None and copy.get("hidden") is None
