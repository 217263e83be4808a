"""How many pieces a body has, before any is made: a bound on time and memory that its bytes alone do not set.

Each line and each sign that may begin an element costs about as much as a hundred letters of plain text.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal

Form = Literal["markdown", "html", "text"]  # what a body is written in
MOST_PIECES = 50_000  # some seconds of work; a book of a thousand pages has fewer

_PIECES: dict[Form, re.Pattern[str]] = {
    "markdown": re.compile(r"\n(?!\n)|[|\[<>&\\]|`+|[*_~]+|(?:[-+]|\d[.)])(?=[ \t])"),
    "html": re.compile(r"<"),
    "text": re.compile(r"\n(?!\n)"),
}


def overflow(body: str, form: Form) -> int:
    """The line of the body (from 1) on which it has more than MOST_PIECES, 0 if it never has. Linear time."""
    if len(body) <= MOST_PIECES:  # each is a character at least
        return 0
    found = next(islice(_PIECES[form].finditer(body), MOST_PIECES, None), None)
    return body.count("\n", 0, found.start()) + 1 if found else 0
