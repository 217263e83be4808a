"""What an editor did, and what readers must see of it: a model without any of the program's code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

ITEMS = 4  # articles in the feed
TAG = "وسم"


def iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, kw_only=True)
class Story:
    """One article as its file says it. Instants in seconds since 1970 UTC; `word` stands in no other one."""

    word: str
    path: str
    date: int
    version: int = 1
    title_version: int = 1
    own_id: str = ""
    tagged: bool = False
    draft: bool = False
    broken: bool = False
    updated: int | None = None
    expires: int | None = None
    withdrawn: int | None = None

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem

    @property
    def title(self) -> str:
        return f"خبر {self.word} عنوان{self.title_version}"

    @property
    def body(self) -> str:
        return f"نص {self.word} صيغة{self.version}."

    def visible(self, now: float) -> bool:
        ended = any(end is not None and end <= now for end in (self.expires, self.withdrawn))
        return not self.draft and self.date <= now and not ended

    def text(self) -> str:
        """The file. Raw text has its date and title in lines, Markdown in its front matter."""
        fields = {"id": self.own_id, "draft": "true" if self.draft else "", "tags": f"[{TAG}]" if self.tagged else ""}
        instants = {"updated": self.updated, "expires": self.expires, "withdrawn": self.withdrawn}
        fields |= {name: iso(instant) for name, instant in instants.items() if instant is not None}
        if self.path.endswith(".md"):
            fields |= {"title": f'"{self.title}"', "date": "لا أدري" if self.broken else iso(self.date)}
        lines = [f"{name}: {value}" for name, value in fields.items() if value]
        front = ["---", *lines, "---"] if lines else []
        if self.path.endswith(".txt"):
            front += ["31 فبراير 2026" if self.broken else iso(self.date), self.title, ""]
        return "\n".join([*front, self.body, ""])


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A story's file as the service last took it in, and its last good version."""

    file: Story
    good: Story | None


@dataclass(kw_only=True)
class Model:
    """`disk` are the files as they are, `taken` as the service knows them, by word; `ids` what readers were told."""

    disk: dict[str, Story] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    deleted: dict[str, Story] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)  # paths that changed since, in order

    def put(self, story: Story) -> None:
        before = self.disk.get(story.word)
        if before and before.path != story.path:
            self.pending.append(before.path)
        self.disk[story.word] = story
        self.pending.append(story.path)
        for word, gone in list(self.deleted.items()):  # its name or its id has another bearer now
            if story.stem in (gone.stem, self.ids.get(word)) or story.word == word:
                del self.deleted[word]

    def delete(self, story: Story) -> None:
        self.pending.append(story.path)
        del self.disk[story.word]
        known = self.taken.get(story.word)
        if known and known.file == story and story.word in self.ids and not story.broken:
            self.deleted[story.word] = story

    def take_in(self) -> set[str]:
        """The service has seen all files. Gives the words of those whose id nobody could keep: their file was renamed
        and edited at once, and says no id."""
        lost = set()
        occupied = {each.file.path for each in self.taken.values()}
        taken = {}
        for word, story in self.disk.items():
            before = self.taken.get(word)
            moved = before is not None and before.file.path != story.path
            edited = before is not None and before.file.text() != story.text()
            if moved and edited and not story.own_id:
                lost.add(word)
            kept = before.good if before and not (moved and (edited or story.path in occupied)) else None
            taken[word] = Taken(file=story, good=kept if story.broken else story)
        self.taken, self.pending = taken, []
        for word in lost:
            self.ids.pop(word, None)
        return lost

    def lose_state(self, now: float) -> set[str]:
        """Ids are those of front matter or file names again. Gives the words of those that had another one, or that
        are not to be seen now, so that a new memory does not know that they ever were."""
        lost = self.take_in()
        self.deleted.clear()
        lost |= {word for word, each in self.disk.items() if (each.own_id or each.stem) != self.ids.get(word)}
        lost |= {word for word, each in self.disk.items() if each.broken or not each.visible(now)}
        for word in lost:
            self.ids.pop(word, None)
        self.lose_last_good()
        return lost

    def lose_last_good(self) -> None:
        """Last good versions do not outlive a change of the settings."""
        self.taken = {word: replace(each, good=None) if each.file.broken else each for word, each in self.taken.items()}

    def window(self, now: float, *, tagged: bool = False) -> list[Story]:
        found = [each.good for each in self.taken.values() if each.good and each.good.visible(now)]
        found = [story for story in found if story.tagged or not tagged]
        return sorted(found, key=lambda story: -story.date)[:ITEMS]

    def visible_words(self, now: float) -> set[str]:
        return {word for word, each in self.taken.items() if each.good and each.good.visible(now)}

    def is_claimed(self, stem: str, *, but: str) -> bool:
        """Whether another file says that this is its id."""
        return any(stem == story.own_id for word, story in self.disk.items() if word != but)

    def is_free(self, stem: str, *, but: str = "") -> bool:
        """Whether no file has a name or an id like it: two with one id are the editor's fault."""
        others = [story for word, story in self.disk.items() if word != but]
        return all(stem not in (story.stem, story.own_id) for story in others)
