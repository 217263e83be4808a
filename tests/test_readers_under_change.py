"""Readers' view under change: whatever an editor does while readers poll, none sees an article under two ids, misses
one that stayed in the window, sees a draft, or keeps a stale 304.

`make fuzz` runs more of it.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from answers import Answer
from by_hand import Hand
from editor_model import ITEMS, TAG, Model, Story
from feed_readers import PARSE, WORD, Reader, Way, deleted, shown, word
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from newsroom import Newsroom, configuration

BEGIN = 1_767_000_000.0  # 2025-12-29
URLS = ("https://news.example", "https://news.example/ar", "https://moved.example")
STEMS = [f"s{n}" for n in range(7)]
FOLDERS = ("", "أخبار/", "2025/")
WAYS: tuple[Way, ...] = ("etag", "date", "both", "delta")
TAG_FOLDER = f"/feeds/tag/{quote(TAG)}/"
STEPS, EXAMPLES = 40, 25


class Newsdesk(RuleBasedStateMachine):
    """One editor, two workers (the first one has the role), and readers of every kind and format."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.numbers = itertools.count(1)
        self.model = Model()
        self.url = URLS[0]
        self.room = Newsroom(Path(tempfile.mkdtemp(prefix="readers-")), config=self._config())
        self.workers: list[Any] = []
        self._start()
        paths = ["/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json", TAG_FOLDER + "atom.xml"]
        self.readers = [Reader(way=way, path=path) for path in paths for way in WAYS]

    def teardown(self) -> None:
        try:
            if not self.model.pending:
                for worker in (0, 1):
                    self._poll(range(len(self.readers)), worker)
        finally:
            self._stop()
            shutil.rmtree(self.room.folder)

    # --- the editor ---------------------------------------------------------------------------------

    @initialize(count=st.integers(0, 6), raw=st.booleans())
    def begin(self, count: int, raw: bool) -> None:
        for n in range(count):
            self.create(STEMS[n], FOLDERS[n % 3], raw, n % 2 == 0, False, "past")
        self._take_in([[""]])
        self._poll(range(0, len(self.readers), 2), 0)

    @rule(
        stem=st.sampled_from(STEMS), folder=st.sampled_from(FOLDERS), raw=st.booleans(), tagged=st.booleans(),
        own_id=st.booleans(), kind=st.sampled_from(["past", "past", "past", "long ago", "scheduled", "draft"]),
    )  # fmt: skip
    def create(self, stem: str, folder: str, raw: bool, tagged: bool, own_id: bool, kind: str) -> None:
        if not self.model.is_free(stem):
            return
        number = next(self.numbers)
        path = f"{folder}{stem}{'.txt' if raw else '.md'}"
        story = Story(word=f"w{number}x", path=path, date=self._past(100_000 if kind == "long ago" else 0))
        if kind == "scheduled":
            story = replace(story, date=int(self.now) + 10 + number)
        story = replace(story, draft=kind == "draft", tagged=tagged, own_id=f"fixed{number}" if own_id else "")
        self._write(story)

    @rule(pick=st.integers(0, 99), what=st.sampled_from(["body", "body", "title", "tag", "update", "announce", "date"]))
    def edit(self, pick: int, what: str) -> None:
        story = self._pick(pick)
        if story is None:
            return
        if what == "title":
            story = replace(story, title_version=story.title_version + 1)
        elif what == "tag":
            story = replace(story, tagged=not story.tagged)
        elif what == "update":
            story = replace(story, version=story.version + 1, updated=max(int(self.now), story.date))
        elif what == "announce":  # a change that is to be told of later
            story = replace(story, updated=max(int(self.now), story.date) + 30)
        elif what == "date":
            story = replace(story, date=self._past(0), updated=None)
        else:
            story = replace(story, version=story.version + 1)
        self._write(story)

    @rule(pick=st.integers(0, 99), stem=st.sampled_from(STEMS), folder=st.sampled_from(FOLDERS))
    def rename(self, pick: int, stem: str, folder: str) -> None:
        story = self._pick(pick)
        if story is None or not self.model.is_free(stem, but=story.word):
            return
        path = f"{folder}{stem}{Path(story.path).suffix}"
        occupied = path in (each.file.path for each in self.model.taken.values())
        if path == story.path or (story.broken and occupied):
            return
        self.room.rename(story.path, path)
        self.model.put(replace(story, path=path))

    @rule(pick=st.integers(0, 99), other=st.integers(0, 99))
    def swap(self, pick: int, other: int) -> None:
        """Two files change places."""
        first, second = self._pick(pick), self._pick(other)
        if first is None or second is None or first == second or first.broken or second.broken:
            return
        if Path(first.path).suffix != Path(second.path).suffix:
            return
        if self.model.is_claimed(second.stem, but=first.word) or self.model.is_claimed(first.stem, but=second.word):
            return
        self.room.rename(first.path, "swap")
        self.room.rename(second.path, first.path)
        self.room.rename("swap", second.path)
        self.model.put(replace(first, path=second.path))
        self.model.put(replace(second, path=first.path))

    @precondition(lambda self: not self.model.pending)
    @rule(pick=st.integers(0, 99), stem=st.sampled_from(STEMS), folder=st.sampled_from(FOLDERS))
    def move_in_two_steps(self, pick: int, stem: str, folder: str) -> None:
        """A copy, and soon the original goes, as between disks."""
        story = self._pick(pick)
        if story is None or story.broken or not self.model.is_free(stem):
            return
        path = f"{folder}{stem}{Path(story.path).suffix}"
        self.now += 1.0  # what came in the same second was there all along
        self.room.write(path, (self.room.content / story.path).read_bytes())
        self._leader.take_in([path])
        self.now += 1.5
        self.room.delete(story.path)
        self.model.put(replace(story, path=path))
        self._take_in([[story.path]])

    @rule(pick=st.integers(0, 99))
    def delete(self, pick: int) -> None:
        story = self._pick(pick)
        if story is not None:
            self.room.delete(story.path)
            self.model.delete(story)

    @precondition(lambda self: self.model.deleted)
    @rule(pick=st.integers(0, 99), stem=st.sampled_from(STEMS), same=st.booleans())
    def restore(self, pick: int, stem: str, same: bool) -> None:
        """The same text comes back, perhaps under another name."""
        gone = list(self.model.deleted.values())
        story = gone[pick % len(gone)]
        if not same:
            story = replace(story, path=f"{stem}{Path(story.path).suffix}")
        if self.model.is_free(story.stem):
            self._write(story)

    @rule(pick=st.integers(0, 99), how=st.sampled_from(["draft", "expires", "expired", "withdrawn", "back"]))
    def withdraw(self, pick: int, how: str) -> None:
        story = self._pick(pick)
        if story is None:
            return
        latest = max(int(self.now), story.date)
        if how == "draft":
            story = replace(story, draft=True)
        elif how == "back":
            story = replace(story, draft=False, expires=None, withdrawn=None)
        elif how == "withdrawn":
            story = replace(story, withdrawn=latest + 5)
        else:
            story = replace(story, expires=latest + (20 if how == "expires" else 1))
        self._write(story)

    @rule(pick=st.integers(0, 99))
    def break_(self, pick: int) -> None:
        story = self._pick(pick)
        known = self.model.taken.get(story.word) if story else None
        if story and known and known.file.path == story.path:
            self._write(replace(story, broken=True, version=story.version + 1))

    @rule(pick=st.integers(0, 99), edited=st.booleans())
    def mend(self, pick: int, edited: bool) -> None:
        story = self._pick(pick)
        if story is not None and story.broken:
            self._write(replace(story, broken=False, version=story.version + edited))

    @rule(pick=st.integers(0, 99))
    def pin(self, pick: int) -> None:
        """The line that `check` asks for."""
        story = self._pick(pick)
        name = self.model.ids.get(story.word, "") if story else ""
        if story and name and not story.own_id and self.model.is_free(name, but=story.word):
            self._write(replace(story, own_id=name))

    # --- time and the service -----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0, 1.1, 2.0, 7.0, 60.0, 3600.0, 86400.0 * 30]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.model.pending)
    @rule(how=st.sampled_from(["all", "burst", "burst", "folders", "one by one", "one by one, backwards"]))
    def take_in(self, how: str) -> None:
        """The events of a burst come together, or one after the other, or some are lost and everything is looked at."""
        paths = list(dict.fromkeys(self.model.pending))
        if how == "all" or (how.startswith("one") and not self._is_simple(paths)):
            self._take_in([[""]])
        elif how == "burst":
            self._take_in([paths])
        elif how == "folders":
            self._take_in([sorted({path.rpartition("/")[0] or path for path in paths})])
        else:
            self._take_in([[path] for path in (paths if how == "one by one" else paths[::-1])])

    @rule(what=st.sampled_from(["restart", "moved", "moved while down", "state lost"]), url=st.sampled_from(URLS))
    def service(self, what: str, url: str) -> None:
        """The site moves, or the service begins again. The state may be deleted at any time; what was renamed is named
        anew then."""
        if what.startswith("moved"):
            if url == self.url:
                return
            self.url = self.room.site_url = url
            self.room.config_path.write_text(self._config(), "utf-8")
        if what == "moved":
            for worker in self.workers:
                worker.reload_config()
            self._forget(self.model.take_in())
        elif what != "state lost":
            self._restart()
        elif not self._needs_memory():
            self._stop()
            shutil.rmtree(self.room.folder / "var")
            self._start()
            self._forget(self.model.lose_state(self.now))
            for reader in self.readers:
                if reader.way == "date":  # Last-Modified begins again with the newest instant in the document
                    reader.forget_validators()
        if what.startswith("moved"):
            self.model.lose_last_good()

    def _needs_memory(self) -> bool:
        """Whether a file's name is an id that another file says: without the memory these two have one id."""
        stories = self.model.disk.values()
        return bool({each.own_id for each in stories} & {each.stem for each in stories if not each.own_id})

    # --- the readers --------------------------------------------------------------------------------

    @precondition(lambda self: self.model.pending)
    @rule(which=st.sets(st.integers(0, 4 * len(WAYS) - 1), min_size=1), worker=st.integers(0, 1), wait=st.booleans())
    def take_in_and_poll(self, which: set[int], worker: int, wait: bool) -> None:
        self._take_in([list(dict.fromkeys(self.model.pending))])
        self.now += wait
        self._poll(sorted(which), worker)

    @rule(which=st.sets(st.integers(0, 4 * len(WAYS) - 1), min_size=1, max_size=6), worker=st.integers(0, 1))
    def poll(self, which: set[int], worker: int) -> None:
        self._poll(sorted(which), worker)

    @rule(which=st.sets(st.integers(0, 4 * len(WAYS) - 1), min_size=1, max_size=6))
    def poll_one_that_lags(self, which: set[int]) -> None:
        """The second worker has not looked for changes yet, as it does five times a second."""
        for index in which:
            self.readers[index].poll(self._ask(1))

    @rule(worker=st.integers(0, 1))
    def look_at_pages(self, worker: int) -> None:
        """People see what readers see, and permalinks answer for what was seen."""
        self.workers[worker].site.notice(int(self.now))
        ask, visible = self._ask(worker), self.model.visible_words(self.now)
        window = [story.word for story in self.model.window(self.now)]
        assert list(dict.fromkeys(WORD.findall(ask("/", {}).text))) == window
        for name, article_id in self.model.ids.items():
            answer = ask(f"/s/{article_id}", {})
            if name in visible:
                assert answer.status == 200 and set(WORD.findall(answer.text)) >= {name}
            elif name in self.model.taken:
                assert answer.status in (404, 410), (name, article_id)

    # --- how it is done -----------------------------------------------------------------------------

    def _poll(self, which: Iterable[int], worker: int) -> None:
        self.workers[worker].site.notice(int(self.now))
        ask = self._ask(worker)
        for index in which:
            reader = self.readers[index]
            answer, fresh = reader.poll(ask), ask(reader.path, {})
            tagged = reader.path.startswith(TAG_FOLDER)
            wanted = self.model.window(self.now, tagged=tagged)
            if fresh.status == 404 and tagged and not wanted:
                assert answer.status == 404
                continue
            assert fresh.status == 200, fresh
            self._check_feed(fresh, reader, wanted)
            assert answer.status in (200, 304, 226 if reader.way == "delta" else 200), answer.status
            if answer.status == 200:
                assert answer.body == fresh.body
            elif answer.status == 304 and reader.body:
                assert reader.body == fresh.body, f"a stale 304 for {reader.way} of {reader.path}"

    def _check_feed(self, fresh: Answer, reader: Reader, wanted: list[Story]) -> None:
        feed = PARSE[reader.name](fresh.body)
        assert [word(item) for item in feed.items] == [story.word for story in wanted]
        assert set(WORD.findall(fresh.text)) == {story.word for story in wanted}
        for item, story in zip(feed.items, wanted, strict=True):
            assert item.title == story.title and f">{story.body}<" in item.content_html
            assert item.link.startswith(f"{self.url}/s/")
            token = self.model.ids.setdefault(story.word, item.token)
            assert item.id == f"tag:news.example,2025:{token}"
            assert story.own_id in ("", token)
            assert reader.store.get(item.id) == shown(item), f"{reader.way} of {reader.path} has something else"
            assert reader.ids.get(story.word, {item.id}) == {item.id}, f"{reader.way} of {reader.path} saw two"
        held = {f"tag:news.example,2025:{self.model.ids[story.word]}" for story in wanted}
        assert not held & set(deleted(feed, reader.name)), "a tombstone of what is there"

    def _ask(self, worker: int) -> Callable[[str, Mapping[str, str]], Answer]:
        base = self.url.removeprefix("https://").partition("/")[2]
        client = self.clients[worker]

        def ask(path: str, headers: Mapping[str, str]) -> Answer:
            self.room._client = client
            return self.room.get(f"/{base}{path}" if base else path, headers)

        return ask

    def _config(self) -> str:
        return configuration(site={"url": self.url, "timezone": "UTC"}, feeds={"items": ITEMS})

    def _start(self) -> None:
        def clock() -> float:
            return self.now

        self.workers = [Hand(self.room.config_path, clock) for _ in range(2)]
        self.clients = [each.client for each in self.workers]

    def _stop(self) -> None:
        for each in self.workers:
            each.close()
        self.workers = []

    def _restart(self) -> None:
        self._stop()
        self._start()
        self._forget(self.model.take_in())

    @property
    def _leader(self) -> Any:
        return self.workers[0]

    def _take_in(self, batches: list[list[str]]) -> None:
        for paths in batches:
            self._leader.take_in(paths)
        self._forget(self.model.take_in())

    def _is_simple(self, paths: list[str]) -> bool:
        """Whether events may come one by one: a name that is used again in the same burst looks like an edit until
        the other event is there, and a broken file that is gone for a moment has no last good version any more."""
        stories = self.model.disk.values()
        moved = {word for word, each in self.model.taken.items() if word in self.model.disk}
        moved = {word for word in moved if self.model.disk[word].path != self.model.taken[word].file.path}
        before = {each.file.path: word for word, each in self.model.taken.items()}
        reused = any(before.get(each.path, each.word) != each.word for each in stories)
        return not reused and not any(self.model.disk[word].broken for word in moved)

    def _forget(self, words: set[str]) -> None:
        for reader in self.readers if hasattr(self, "readers") else ():
            for name in words:
                reader.ids.pop(name, None)

    def _write(self, story: Story) -> None:
        self.room.write(story.path, story.text())
        self.model.put(story)

    def _pick(self, number: int) -> Story | None:
        stories = list(self.model.disk.values())
        return stories[number % len(stories)] if stories else None

    def _past(self, further: int) -> int:
        """An instant that no other article has."""
        return int(BEGIN) - 1_000 - further + next(self.numbers)


def run(examples: int, steps: int = STEPS, **more: Any) -> None:
    """Raises with the shortest story that shows a fault."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Newsdesk,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks, **more
        ),
    )


def test_no_reader_is_deceived_whatever_the_editor_does() -> None:
    run(EXAMPLES, derandomize=True, database=None)
