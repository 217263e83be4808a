"""Addresses are read and written by one grammar."""

from __future__ import annotations

import pytest

from feeds.queries import Kind
from feeds.routes import FeedRoute, ListRoute, address, parse

SELECTIONS = (
    ("", ""),
    ("tag", "كرة-القدم"),
    ("tag", "a/b"),
    ("lang", "fa"),
    ("author", "~.."),
)
PLACES = ({}, {"page": 2}, {"page": 17}, {"archive": 3})


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize(("kind", "key"), SELECTIONS)
def test_the_address_of_a_document_leads_to_it(kind: Kind, key: str, place: dict[str, int]) -> None:
    for name in ("rss.xml", "atom.xml", "feed.json"):
        route = FeedRoute(kind=kind, key=key, format=name, **place)
        assert parse(address(route)) == route
    if "archive" not in place:
        listed = ListRoute(kind=kind, key=key, **place)
        assert parse(address(listed)) == listed


def test_so_does_that_of_a_search() -> None:
    for route in (FeedRoute(kind="search", key="دمشق", format="rss.xml"), ListRoute(kind="search", key="دمشق")):
        assert parse(address(route)) == route


def test_a_tag_that_is_called_like_a_page_has_the_address_of_that_page() -> None:
    assert parse(address(ListRoute(kind="tag", key="a/page/2"))) == ListRoute(kind="tag", key="a", page=2)
