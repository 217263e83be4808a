"""Items, terms, captions and cells that stand outside the element they belong to."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.markup.htmltree import Element, Node

# The parent without which these say nothing (HTML 4.4: contexts in which an element can be used).
_BELONGS = {
    "li": "ul", "dt": "dl", "dd": "dl", "figcaption": "figure", "summary": "details",
    **dict.fromkeys(("caption", "thead", "tbody", "tfoot", "tr", "td", "th"), "table"),
}  # fmt: skip


def adopt(nodes: Sequence[Node], parent: str) -> list[Node]:
    """The children of `parent` with every stray at home: items and terms side by side get one list
    round them, anything else becomes a `div`."""
    out: list[Node] = []
    adoptive = Element("")  # the list made last, as long as nothing stands behind it
    for node in nodes:
        belongs = _BELONGS.get(node.name) if isinstance(node, Element) else None
        if belongs is None or parent == belongs:
            out.append(node)
            adoptive = adoptive if isinstance(node, str) and not node.strip() else Element("")
            continue
        assert isinstance(node, Element)
        if belongs not in ("ul", "dl"):
            out.append(Element("div", node.attrs, node.children))
            adoptive = Element("")
            continue
        if adoptive.name != belongs:
            adoptive = Element(belongs)
            out.append(adoptive)
        adoptive.children.append(node)
    return out
