"""Finding what is written left to right and would be scrambled inside right-to-left text.

A piece of Latin comes out whole in a right-to-left paragraph only if it begins and ends with a
letter or digit and has, before its first letter, nothing but digits joined by one of `.,:/`
(UAX #9 W2, W4, W7, N1: behind an Arabic letter digits are AN, and symbols between numbers turn).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

_CONTROL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_LETTER = r"\p{Latin}\p{Greek}\p{Cyrillic}"
_DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9]"

# Tried in this order at each place; every alternative is bounded or possessive, so the whole is
# linear. A hyphen behind a Hebrew letter is a prefix's (ב-3%), behind an Arabic "and" (و-3%) it is
# a minus; Arabic prefixes of one letter may stand before a date.
_CANDIDATE = regex.compile(
    rf"""(?<url> (?<![0-9{_LETTER}]) (?: (?:https?|ftps?) :// | (?:mailto|tel|tag|urn) : | www\. )
      (?=[^\s.]) [^\s<>"«»“”{_CONTROL}]++ )
  | (?<number> (?: (?<![\w+.,/-]) | (?<= (?<![\w\u2069]) [وفبلك] ) ) (?:
        \(? (?: \+ | (?=0) ) (?: [\ ().-]{{0,3}}+ {_DIGIT} ){{7,17}}+
      | [0-9]{{1,7}}+ (?: - [0-9]{{1,7}}+ ){{2,5}}+
      | [0-9]{{3}} - [0-9]{{4}} ) (?! [\w%] | [.,/:-]\w ) )
  | (?<percent> (?: (?<! [\wـ־] ) | (?<= (?<![\w\u2069]) و ) )
      [-+−] {_DIGIT}{{1,12}}+ (?: [.,٫] {_DIGIT}{{1,12}}+ )?+ [ ]?+ [%٪‰°] )
  | (?<token> [@\#$/~.\\_%&*+=0-9{_LETTER}-] [!\#-;=?-~{_LETTER}]*+ )""",
    regex.VERBOSE,
)
# Nothing of it is what _POSSIBLE asks for; found many times faster.
_QUIET = re.compile('[\t\n !"$-/:-?[-`{-~\xab\xbb\u0590-\u065f\u066a-\u06ef\u06fa-\u06ff\u2010-\u201d\u2026]*')
_POSSIBLE = regex.compile(rf"[@#0-9{_LETTER}]|{_DIGIT}")
_ISOLATES = frozenset("\u2066\u2067\u2068\u2069")
_RTL_LETTER = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
_HAS_LETTER = regex.compile(f"[{_LETTER}]")
_SAFE = regex.compile(rf"(?:[0-9]++(?:[.,:/][0-9]++)*+)?+[{_LETTER}](?:.*[0-9{_LETTER}])?")
_VERSION = regex.compile(r"[vV][0-9]++(?:\.[0-9]++)++|[0-9]++(?:\.[0-9]++){2,}+")
_FLAG = regex.compile(r"--[A-Za-z]|-[A-Za-z](?![A-Za-z0-9])")
# Words of a phrase and numbers among them.
_WORD = regex.compile(rf"[0-9{_LETTER}]++(?:[.,:'’&/_-][0-9{_LETTER}]++)*+")
_WORD_CHARACTER = regex.compile(rf"[.,:'’&/_0-9{_LETTER}-]")
_WORD_END = regex.compile(rf"[.,:;!?'\")\]}}]{{0,8}}+(?![\w٪‰°!\#-;=?-~{_LETTER}])")
_ADDRESS = regex.compile(r"[@:]|www\.")
_JOINING = "-/:&|=.~_*"
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def ltr_runs(text: str) -> Iterator[tuple[int, int]]:
    """Spans (start, end), in order and apart, that need an isolate or `<bdi dir="ltr">` inside
    right-to-left text: each of `ltr_tokens` with the Latin words that stand beside it, for an isolate
    must not split what is read as one (Python 3.13.1, Learn C++ in a week). Linear time."""
    done = begun = token = token_end = 0
    for start, end in ltr_tokens(text):
        if token_end:
            reached = _words_after(text, token, token_end, start, in_phrase=begun < token)
            if reached > token_end and text[reached:start] == " ":
                token, token_end = start, end
                continue
            yield begun, reached
            done = reached
        begun, token, token_end = _words_before(text, start, done), start, end
    if token_end:
        yield begun, _words_after(text, token, token_end, len(text), in_phrase=begun < token)


def ltr_tokens(text: str) -> Iterator[tuple[int, int]]:
    """Spans (start, end) of what is scrambled by itself: URLs, e-mail addresses, @handles, #latin
    hashtags, phone numbers, versions, dates with `-`, signed percents, C++, C#, .NET, --flag, foo()
    and their like. Plain words, decimals and ranges are not among them. Holds no bidi control."""
    if _QUIET.fullmatch(text) or not _POSSIBLE.search(text):
        return
    for found in _CANDIDATE.finditer(text):
        start, end = found.span()
        if (start and text[start - 1] in _ISOLATES) or text[end : end + 1] in _ISOLATES:
            continue  # beside an isolate all is settled: isolating the runs of such a text again changes nothing
        if found["url"]:
            end = _trim_end(text, start, end)
        elif found["number"]:
            if found[0].isdigit():
                continue
        elif found["token"]:
            start, end = _trim_token(text, start, end)
            if not _scrambles(text[start:end]):
                continue
        yield start, end


def _words_before(text: str, start: int, floor: int) -> int:
    """Where the Latin words before `start` begin; a number between them belongs to the word before it."""
    first = at = start
    while at - 1 > floor and text[at - 1] == " ":
        word = at - 1
        while word > floor and _WORD_CHARACTER.match(text, word - 1):
            word -= 1
        if not _WORD.fullmatch(text, word, at - 1):
            break
        at = word
        if _HAS_LETTER.search(text, word, at + 1):
            first = at
    return first


def _words_after(text: str, start: int, end: int, ceiling: int, *, in_phrase: bool) -> int:
    """Where the Latin words behind a token end. A number belongs to a word before it, or to a name such as
    C++, but not to a hashtag, handle or address; behind a number alone nothing belongs to it (UAX #9 W7, N1)."""
    if not in_phrase and not _HAS_LETTER.search(text, start, end):
        return end
    takes_numbers = in_phrase or (text[start] not in "#@" and not _ADDRESS.search(text, start, end))
    while text.startswith(" ", end) and (word := _WORD.match(text, end + 1, ceiling)):
        if not (takes_numbers or _HAS_LETTER.search(word[0])):
            break
        if not _WORD_END.match(text, word.end()):
            break
        end, takes_numbers = word.end(), True
    return end


def _scrambles(token: str) -> bool:
    if _VERSION.fullmatch(token):
        return True
    if not _HAS_LETTER.search(token):
        return False
    return "@" in token or not _SAFE.fullmatch(token)


def _trim_token(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the punctuation of the sentence round it; empty for half a word."""
    if end < len(text) and _RTL_LETTER.match(text[end]):
        if text[start] in "#@":  # the hashtag or handle goes on in Arabic letters
            return start, start
        while end > start and text[end - 1] in _JOINING:
            end -= 1
    if start and (text[start - 1] == "ـ" or _RTL_LETTER.match(text[start - 1])):
        while start < end and text[start] in _JOINING:
            start += 1
    elif text.startswith("..", start, end):
        while start < end and text[start] == ".":
            start += 1
    elif text[start] == "*" or (text[start] == "-" and not _FLAG.match(text, start)):
        start += 1
    return start, _trim_end(text, start, end)


def _trim_end(text: str, start: int, end: int) -> int:
    """The end without closing punctuation; a bracket stays if the span holds its partner."""
    surplus = {
        closer: text.count(closer, start, end) - text.count(opener, start, end) for closer, opener in _CLOSERS.items()
    }
    while end > start:
        last = text[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in ".,;:!?'`*|&([{،؛؟…":
            break
        end -= 1
    if end - start > 1 and text[end - 1] == "-" and text[end - 2] != "-":
        end -= 1
    return end
