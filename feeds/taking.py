"""Taking a refresh into the catalogue, noting what it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing

from feeds.catalogue import Catalogue, Changes
from feeds.content import ArticleFile
from feeds.overtaken import Overtaken
from feeds.renames import Ledger
from feeds.taken import Taken


def take_in(
    catalogue: Catalogue, changes: Changes, ledger: Ledger, *, last: bool = True, overtaken: Overtaken | None = None
) -> bool:
    """`Catalogue.apply`, after the memory; what it took in is joined to `catalogue.taken` when it has succeeded.
    `last` ends a refresh that is taken in part by part; what is `overtaken` is as somebody else has taken it in."""
    taken, overtaken = Taken(), overtaken or Overtaken()
    for path in changes.removed:
        taken.removed.add(path)
    for found, _ in changes.media:
        (taken.changed if _is_known(catalogue, "media", found.path) else taken.added).add(found.path)
    files = _noted(catalogue, overtaken.sifted(changes.articles), taken)
    with closing(ledger.noted(files, last=last, left=overtaken.has)) as articles:
        changes.articles = overtaken.marked(articles)
        visible = catalogue.apply(changes, ledger.now)
    catalogue.taken.join(taken)
    return visible


def _noted(catalogue: Catalogue, articles: Iterable[ArticleFile], taken: Taken) -> Iterator[ArticleFile]:
    for each in articles:
        if each.reading is not None:  # else only its time has changed
            path = each.found.path
            (taken.changed if _is_known(catalogue, "files", path) else taken.added).add(path)
        yield each


def _is_known(catalogue: Catalogue, table: str, path: str) -> bool:
    return catalogue.connection.execute(f"SELECT 1 FROM {table} WHERE path = ?", (path,)).fetchone() is not None
