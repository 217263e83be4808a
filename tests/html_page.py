"""A page or fragment of HTML as a browser would parse it."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import html5lib


@dataclass(frozen=True)
class Html:
    """A parsed page or fragment (WHATWG algorithm)."""

    root: ElementTree.Element

    @classmethod
    def parse(cls, text: str | bytes) -> Html:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return cls(html5lib.parse(text, namespaceHTMLElements=False))

    @property
    def body(self) -> ElementTree.Element:
        (body,) = self.root.findall("body")
        return body

    @property
    def text(self) -> str:
        return "".join(self.body.itertext())

    def all(self, *names: str) -> list[ElementTree.Element]:
        return [node for node in self.root.iter() if node.tag in names]

    def texts(self, name: str) -> list[str]:
        return ["".join(node.itertext()).strip() for node in self.all(name)]

    @property
    def title(self) -> str:
        (title,) = self.texts("title")
        return title

    @property
    def h1(self) -> str:
        (heading,) = self.texts("h1")
        return heading

    def meta(self, name: str) -> list[str]:
        """Contents of every meta whose property or name is `name`."""
        return [m.get("content", "") for m in self.all("meta") if name in (m.get("property"), m.get("name"))]

    def one_meta(self, name: str) -> str:
        (content,) = self.meta(name)
        return content

    def links(self, rel: str) -> list[ElementTree.Element]:
        return [link for link in self.all("link") if rel in (link.get("rel") or "").split()]

    @property
    def feeds(self) -> list[tuple[str, str]]:
        """(media type, href) of the autodiscovery links, in document order."""
        found = [(link.get("type", ""), link.get("href", "")) for link in self.links("alternate")]
        return [(kind, href) for kind, href in found if kind.endswith(("rss+xml", "atom+xml", "feed+json"))]

    @property
    def urls(self) -> list[str]:
        """Every href and src, in document order."""
        nodes = self.root.iter()
        return [value for node in nodes for name in ("href", "src") if (value := node.get(name)) is not None]

    @property
    def instants(self) -> list[str]:
        return [node.get("datetime", "") for node in self.all("time")]
