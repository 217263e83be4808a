"""The look at the folder that a second process begins: the same as a look of one's own, or none."""

import os
import signal
from pathlib import Path

import pytest

from feeds import content, walking
from feeds.config import load
from feeds.walking import Ahead


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    for name in ("a.md", "خبر.txt", "b/c.html", "b/d e/صورة.jpg", "_drafts/x.md", ".git/config", "b/.swap", "b/e.md~"):
        path = tmp_path / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("نص", "utf-8")
    (tmp_path / "content" / "link.md").symlink_to(tmp_path / "content" / "a.md")
    (tmp_path / "content" / "folder").symlink_to(tmp_path / "content" / "b")
    bad = os.fsencode(tmp_path / "content") + b"/\xff.md"
    os.close(os.open(bad, os.O_CREAT))
    (tmp_path / "config.yaml").write_text("site: {title: ن, url: https://n.example, language: ar}\n", "utf-8")
    return tmp_path


def test_another_process_sees_what_this_one_sees(newsroom: Path) -> None:
    root = str(newsroom / "content")
    seen = dict(walking.walk(root, root))
    assert set(seen) == {"a.md", "خبر.txt", "b/c.html", "b/d e/صورة.jpg", "link.md", "folder", "\udcff.md"}
    assert {path for path, stamp in seen.items() if not stamp} == {"link.md", "folder"}  # links are looked at closer
    assert dict(Ahead(newsroom / "content").of(root) or ()) == seen


def test_a_scan_is_the_same_with_a_walk_that_was_begun_before(newsroom: Path) -> None:
    config = load(newsroom / "config.yaml")
    own = content.scan(config)
    assert content.scan(config, ahead=Ahead(config.content_path)) == own
    assert sorted(own.files) == ["a.md", "b/c.html", "b/d e/صورة.jpg", "link.md", "خبر.txt"]
    assert len(own.problems) == 2  # the link to a folder, and a name that no address can hold


def test_a_walk_that_ends_early_or_went_elsewhere_is_none(newsroom: Path) -> None:
    config = load(newsroom / "config.yaml")
    killed = Ahead(config.content_path)
    assert killed._process is not None
    os.kill(killed._process.pid, signal.SIGKILL)
    assert content.scan(config, ahead=killed) == content.scan(config)
    elsewhere = Ahead(newsroom)
    process = elsewhere._process
    assert elsewhere.of(str(config.content_path)) is None
    assert process is not None
    assert process.poll() is not None  # it is not left behind


def test_a_walk_is_used_once(newsroom: Path) -> None:
    ahead, root = Ahead(newsroom / "content"), str(newsroom / "content")
    assert ahead.of(root)
    (newsroom / "content" / "new.md").write_text("جديد", "utf-8")
    assert ahead.of(root) is None
    assert "new.md" in content.scan(load(newsroom / "config.yaml"), ahead=ahead).files
