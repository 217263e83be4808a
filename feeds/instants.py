"""The instants of one article: first publication, last change, end, withdrawal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from feeds import dates, nodes
from feeds.frontmatter import Faults, FrontMatter
from feeds.problems import DateError, quote
from feeds.text import plain

DATE_HINT = "write a day such as 'date: 2025-04-30', or with a time '2025-04-30 13:30'"
WITHDRAWN_HINT = "write 'withdrawn: 2025-05-02 08:30', or a map with date and reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """Reads the instants of one file's front matter. `zone` is for texts without one, `language`
    decides what 03/04/2025 means. What is no instant becomes a fault."""

    front: FrontMatter
    zone: tzinfo
    language: str
    faults: Faults

    def published(self, text: str, line: int) -> datetime | None:
        """The date of publication, from wherever it was found; None is reported."""
        if not text and self.front.node("date") is None:
            self.faults.error(line or 1, "date", f"is missing; {DATE_HINT}")
        return self._parse(text, line, "date", None) if text else None

    def updated(self, published: datetime, text: str, line: int) -> datetime:
        """The last change worth telling: the date of publication where there is none or it is earlier."""
        moment = self._moment(text, line, "updated", published) if text else None
        if moment is None or moment.instant >= published:
            return moment.instant if moment else published
        # A day without a time is the whole day, so the day of publication itself is not before it.
        if moment.has_time or moment.instant.date() != published.astimezone(moment.instant.tzinfo).date():
            message = f"is before the date of publication, which serves instead: {quote(text)}"
            self.faults.warn(line, "updated", message)
        return published

    def expires(self, published: datetime) -> datetime | None:
        """The end; None where there is none."""
        text = self.front.raw("expires")
        return self._parse(text, self.front.line("expires"), "expires", published) if text else None

    def withdrawn(self, published: datetime) -> tuple[datetime | None, str]:
        """The instant of withdrawal and its reason; `withdrawn: false` is none."""
        node = self.front.node("withdrawn")
        text, reason, line = "", "", self.front.line("withdrawn")
        if isinstance(node, nodes.Scalar):
            text = node.text.strip()
        elif isinstance(node, nodes.Mapping):
            values = {key.lower(): child for key, _, child in node.entries if isinstance(child, nodes.Scalar)}
            text = values["date"].text.strip() if "date" in values else ""
            line = values["date"].line if "date" in values else line
            reason = plain(values["reason"].text) if "reason" in values else ""
        if node is None or text.lower() in ("false", "no", "off"):
            return None, ""
        if not text or text.lower() in ("true", "yes", "on"):
            self.faults.error(line, "withdrawn", f"has no instant; {WITHDRAWN_HINT}: {quote(nodes.shown(node))}")
            return None, ""
        return self._parse(text, line, "withdrawn", published), reason

    def _parse(self, text: str, line: int, field: str, reference: datetime | None) -> datetime | None:
        moment = self._moment(text, line, field, reference)
        return moment.instant if moment else None

    def _moment(self, text: str, line: int, field: str, reference: datetime | None) -> dates.Moment | None:
        try:
            moment = dates.parse(text, zone=self.zone, language=self.language, reference=reference)
        except DateError as error:
            self.faults.error(line, field, str(error))
            return None
        for warning in moment.warnings:
            self.faults.warn(line, field, f"{warning}: {quote(text)}")
        return moment
