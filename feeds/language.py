"""Language tags (BCP 47, with CLDR's data) and the language of a text.

A tag is taken in the spellings that people write (`ar_SY`, `AR-sy`, `iw`, `ara`) and always given
out in its canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from feeds import evidence
from feeds.bidi import Direction
from feeds.evidence import RTL_SCRIPTS, text_direction
from feeds.problems import FieldError, quote

__all__ = [
    "direction_of", "guess", "is_language", "joined", "normalize", "og_locale", "primary", "script", "text_direction",
]  # fmt: skip

# RFC 5646 section 2.1; singletons and subtags are bounded, so matching is linear.
_TAG = re.compile(
    r"""(?P<language>[a-z]{2,3}) (?:-(?P<extlang>[a-z]{3}))? (?:-(?P<script>[a-z]{4}))?
    (?:-(?P<region>[a-z]{2}|[0-9]{3}))? (?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)
    (?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*) (?P<private>(?:-x(?:-[a-z0-9]{1,8})+)?)""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_CODESET = re.compile(r"\.utf-?8\Z", re.IGNORECASE)  # of a POSIX locale, ar_SY.UTF-8
_LONGEST = 100
_NO_LANGUAGE = {"und", "mul", "mis", "zxx", "root"}
# Where the likely subtags of CLDR know only the language's script at home.
_LOCAL_SCRIPTS = {"ku-IQ": "Arab", "ku-IR": "Arab", "tg-AF": "Arab", "tk-AF": "Arab", "tk-IR": "Arab"}
# Languages of three letters that file names are marked with; the others (min, new, raw, war …) are more often words.
_SUFFIXES_OF_THREE_LETTERS = (
    "acm aeb afb apc apd arc arq ary arz ast azb bal bgn bqi brh ceb ckb dsb fil fur glk gsw haz hsb kab khw lah lrc "
    "mzn nqo pnb prs rhg sdh shi skr syr tzm yue zgh ara eng fas heb pus uig urd yid"
)
_OTHER_SUFFIXES = frozenset({"ie", "io", "sh", "ts", "vo"})  # socket.io.md, setup.sh.md, index.ts.md
# What stands between the parts of a list, where it is not the comma of Latin, Hebrew and most others.
_COMMAS = dict.fromkeys(("Arab", "Syrc", "Thaa", "Rohg"), "، ") | {"Nkoo": "߸ ", "Adlm": "⹁ "}
_COMMAS |= dict.fromkeys(("Hans", "Hant", "Jpan"), "、")
_USUAL_REGIONS = {"ar": "AR", "es-419": "LA"}  # og:locale has its own ar_AR and es_LA


@lru_cache(maxsize=1024)
def normalize(tag: str) -> str:
    """The canonical form of a language tag (RFC 5646 section 4.5, aliases of CLDR): `ar_SY` is
    `ar-SY`, `iw` is `he`, `zh-hant-tw` is `zh-Hant-TW`. Raises FieldError("lang") for what is no
    tag, and for a language, script or region that CLDR does not know."""
    text = tag.strip()
    found = _TAG.fullmatch(_CODESET.sub("", text[:_LONGEST]).replace("_", "-")) if len(text) <= _LONGEST else None
    if found is None:
        raise FieldError("lang", _advice(text))
    language, own_script, region = _modern((found["extlang"] or found["language"]).lower())
    own_script = found["script"].title() if found["script"] else own_script
    region = _modern_region(found["region"].upper(), language) if found["region"] else region
    known_languages, known_scripts, known_regions = _known()
    if language not in known_languages:
        raise FieldError("lang", _advice(text))
    if own_script and own_script not in known_scripts:
        raise FieldError("lang", f"has an unknown script '{own_script}'; write its ISO 15924 code: {quote(text)}")
    if region and region not in known_regions:
        raise FieldError("lang", f"has an unknown region '{region}'; write its ISO 3166 code: {quote(text)}")
    extensions = sorted(re.findall(r"-[0-9a-wy-z](?:-[a-z0-9]{2,8})+", found["extensions"].lower()))
    parts = [language, own_script, region]
    return "-".join(filter(None, parts)) + found["variants"].lower() + "".join(extensions) + found["private"].lower()


def primary(tag: str) -> str:
    """The language alone, in lower case and modern: `ar` of `ar-SY`. Raises FieldError("lang")."""
    return normalize(tag).partition("-")[0]


@lru_cache(maxsize=1024)
def script(tag: str) -> str:
    """ISO 15924 code of the script that the tag names, else of the one that the language is usually
    written with there (CLDR likely subtags): `Arab` for ar, ckb, az-Arab, pa-PK; `Latn` for az.
    Raises FieldError("lang")."""
    from babel.core import get_global

    language, own_script, region = _subtags(normalize(tag))
    if own_script:
        return own_script
    if f"{language}-{region}" in _LOCAL_SCRIPTS:
        return _LOCAL_SCRIPTS[f"{language}-{region}"]
    likely = get_global("likely_subtags")
    full: str = likely.get(f"{language}_{region}") or likely.get(language) or f"{language}_Latn"
    return full.split("_")[1]


def direction_of(tag: str) -> Direction:
    """The direction of the tag's script. Raises FieldError("lang")."""
    return "rtl" if script(tag) in RTL_SCRIPTS else "ltr"


def joined(names: Iterable[str], tag: str) -> str:
    """Names in a row, with the comma that the script of the language has. Raises FieldError("lang")."""
    return _COMMAS.get(script(tag), ", ").join(names)


@lru_cache(maxsize=1024)
def is_language(code: str) -> bool:
    """Whether `code` marks the language in a file name (`post.ar.md`, `post.pt-BR.md`). Words and
    suffixes of other kinds (`v2`, `js`, `min`, `draft`, `io`, `to-do`) do not, even where some
    language has that code."""
    from babel.localedata import exists

    try:
        tag = normalize(code)
    except FieldError:
        return False
    written = code.replace("_", "-").partition("-")[0].lower()
    if written in _OTHER_SUFFIXES or (len(written) > 2 and written not in _SUFFIXES_OF_THREE_LETTERS.split()):
        return False
    language, _, region = _subtags(tag)
    if region and region not in code and region.lower() in code:  # how.to-do.md is not Tongan of the Dominican Republic
        return bool(exists(f"{language}_{region}") or exists(f"{language}_{script(tag)}_{region}"))
    return "-x-" not in tag


def guess(text: str, default: str) -> str:
    """The language of a text that does not name it: `default` as it is written (with its region),
    unless the script of the text, or letters and words that only another language uses, contradict
    it. Short texts need strong evidence. Direction of the answer and `text_direction` agree.
    Linear time. Raises FieldError("lang") for a faulty default."""
    default = normalize(default)
    return evidence.guess(text, primary(default), script(default), direction_of(default)) or default


def og_locale(tag: str) -> str:
    """`language_TERRITORY` for og:locale: the tag's region, else the usual one (`ar_AR`, `en_US`,
    `fa_IR`, `he_IL`, `ur_PK`; CLDR likely subtags). Raises FieldError("lang")."""
    from babel.core import get_global

    language, own_script, region = _subtags(normalize(tag))
    if not region.isalpha():
        region = _USUAL_REGIONS.get(f"{language}-{region}") or _USUAL_REGIONS.get(language, "")
    if not region:
        likely = get_global("likely_subtags")
        full: str = likely.get(f"{language}_{own_script}") or likely.get(language) or language
        region = full.split("_")[-1]
    return f"{language}_{region.upper() if region.isalpha() else language.upper()}"


def _subtags(canonical: str) -> tuple[str, str, str]:
    """Language, script and region; "" for what the tag does not name."""
    found = _TAG.fullmatch(canonical)
    return (found["language"], found["script"] or "", found["region"] or "") if found else (canonical, "", "")


def _modern(language: str) -> tuple[str, str, str]:
    """A language's present code, with the script and region that an old code stood for."""
    from babel.core import get_global

    parts = get_global("language_aliases").get(language, language).split("_")
    scripts = [part for part in parts[1:] if len(part) == 4]
    regions = [part for part in parts[1:] if len(part) < 4]
    return parts[0], "".join(scripts), "".join(regions)


def _modern_region(region: str, language: str) -> str:
    """The present code; of the heirs of a former country the one where the language is at home."""
    from babel.core import get_global

    heirs: list[str] = get_global("territory_aliases").get(region, [region])
    home = get_global("likely_subtags").get(language, "").rpartition("_")[2]
    return home if home in heirs else heirs[0]


@lru_cache(maxsize=1)
def _known() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Languages, scripts and regions of CLDR."""
    from babel import Locale
    from babel.core import get_global

    english = Locale("en")
    languages = {*english.languages, *get_global("likely_subtags")} - _NO_LANGUAGE
    return frozenset(languages), frozenset(english.scripts), frozenset(english.territories)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Tags by the names of languages in some languages, for messages."""
    from babel import Locale

    lists = [Locale(code).languages for code in ("ur", "he", "fa", "ar", "en")]
    return {name.casefold(): code.replace("_", "-") for names in lists for code, name in names.items()}


def _advice(text: str) -> str:
    if text.casefold() in _names():
        return f"is the name of a language; write its tag, {_names()[text.casefold()]}: {quote(text)}"
    if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_].+)?", text, re.DOTALL):
        return f"is an unknown language; write its ISO 639 code, such as ar, fa or en-US: {quote(text)}"
    return f"is no language tag; write one such as ar, fa or en-US: {quote(text)}"
