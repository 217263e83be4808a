"""What a text itself says about its language: scripts, letters and words that only some languages use."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import regex

# Languages that are told apart within a script; elsewhere one language stands for a script.
_BY_SCRIPT = {
    "Arab": ("ar", "fa", "ur", "ps", "ckb", "ug", "sd"),
    "Hebr": ("he", "yi"),
    "Latn": ("en", "fr", "de", "es", "tr", "it", "pt", "nl", "id"),
}
_ONE_LANGUAGE = {
    "Syrc": "syr", "Thaa": "dv", "Nkoo": "nqo", "Adlm": "ff-Adlm", "Rohg": "rhg", "Samr": "smp", "Mand": "myz",
    "Cyrl": "ru", "Grek": "el", "Armn": "hy", "Geor": "ka", "Deva": "hi", "Beng": "bn", "Guru": "pa", "Gujr": "gu",
    "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Thai": "th", "Laoo": "lo", "Mymr": "my",
    "Khmr": "km", "Ethi": "am", "Hang": "ko", "Hani": "zh", "Kana": "ja",
}  # fmt: skip
# Scripts of ISO 15924 that stand for several.
_WRITTEN_WITH = {"Jpan": ("Kana", "Hani"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
# Every script whose letters are of bidi class R or AL (UAX #9), by ISO 15924 code.
RTL_SCRIPTS = frozenset((
    "Adlm", "Arab", "Aran", "Armi", "Avst", "Chrs", "Cprt", "Elym", "Gara", "Hatr", "Hebr", "Hung", "Khar", "Lydi", "Mand",
    "Mani", "Mend", "Merc", "Mero", "Narb", "Nbat", "Nkoo", "Orkh", "Ougr", "Palm", "Phli", "Phlp", "Phnx", "Prti", "Rohg",
    "Samr", "Sarb", "Sidt", "Sogd", "Sogo", "Syrc", "Syre", "Syrj", "Syrn", "Thaa", "Yezi",
))  # fmt: skip
# Varieties that are written so alike that the text of one never contradicts the other.
_WRITTEN_LIKE = {
    "ku": "ckb", "sdh": "ckb",
    **dict.fromkeys(("acm", "acw", "acx", "aeb", "afb", "ajp", "apc", "apd", "arq", "ars", "ary", "arz", "ayl"), "ar"),
}  # fmt: skip

_SCRIPT_CLASSES = {script: rf"\p{{{script}}}" for script in (*_BY_SCRIPT, *_ONE_LANGUAGE)}
_SCRIPT_CLASSES["Kana"] = r"\p{Hira}\p{Kana}"
_SCRIPT = regex.compile(
    "|".join(rf"(?P<{script}>[[{members}]&&\p{{L}}])" for script, members in _SCRIPT_CLASSES.items()), regex.V1
)
_RTL_LETTER = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
_WORD = {script: regex.compile(rf"\p{{{script}}}++") for script in _BY_SCRIPT}
_MARK = regex.compile(r"\p{Mn}++")
# Letters that keyboards mix up count in words as one.
_ONE_SPELLING = {"ى": "ي", "ی": "ي", "ک": "ك", "װ": "וו", "ױ": "וי", "ײ": "יי"}

_ARABIC = "ابتجدرزسشفقلمنوه"
_IN_ARABIC_WORDS = "ثحخذصضطظعغ"
# letters, letters that are rare or come from another keyboard, frequent words
_TRAITS = {
    "ar": (
        _ARABIC + _IN_ARABIC_WORDS + "ةىيكأإآؤئء", "یکٱ",
        "في فى من على إلى الى عن أن إن التي الذي الذين هذا هذه ذلك تلك كان كانت كما لكن ولكن بعد قبل بين عند حتى لم لن "
        "قد وقد لا هو هي كل مع أو ثم حيث خلال منذ وفي ومن وعلى ولا أي غير أكثر يكون ليس وكان بعض أنه إنه فيها به بها كانوا "
        "يمكن يجب",
    ),
    "fa": (
        _ARABIC + _IN_ARABIC_WORDS + "پچژگکیآأؤئء", "يكةۀىۂ",
        "از به که را در است این آن با برای تا نیز می شد شده بود کرد کرده های ها خود یک ولی اما باید شود کند کنند هستند "
        "داد گفت اگر هر نمی ای بر ما هم یا دیگر سال پس بودند دارد شدند کردند نیست آنها",
    ),
    "ur": (
        _ARABIC + _IN_ARABIC_WORDS + "پچژگکیٹڈڑںےہھآئؤءۃۂۓأ", "هيكةيۀ",
        "کے کی کا کو میں سے ہے ہیں اور پر نے یہ وہ کہ اس ان بھی نہیں تھا تھی تھے گیا ہو جو ایک کر کیا لیے ساتھ ہوں جا رہا "
        "رہے رہی بعد تو ہی اپنے اپنی گی گا گے ہوئے تک",
    ),
    "ps": (
        _ARABIC + _IN_ARABIC_WORDS + "پچژکییيټډړښږڼځڅۍېګآئءؤأ", "گكةۀ",
        "د په چې او کې سره له ته هم دا دي دی یې ده نه شي شوي شوی کوي وکړ شو یو هغه خپل څخه کول وي یا لپاره چي بیا ځکه "
        "باندې پر وو وه کړي کړی دغه یوه",
    ),
    "ckb": (
        _ARABIC + "پچژگکیەحخعغڕڵۆێڤئھ", "صطيكضذثظأ",
        "لە و بە کە بۆ ئەو ئەم لەگەڵ هەر یان کرد دەکات بوو بووە نییە هەیە ناو سەر دوای پێش وەک چەند کردن دەبێت ئێستا ئەوە "
        "لەو لەم نێوان هەروەها بەڵام تر یەک",
    ),
    "ug": (
        "ابتجدرزسشفقلمنوپچژگكيىېەھۇۆۈۋڭئخغ", "هیک",
        "بىلەن ۋە بۇ ئۇ بىر ئۈچۈن كېيىن دەپ قىلىپ بولۇپ ھەم ئىدى كۆپ ئۇنىڭ بولغان قىلغان ئۇلار يەنە ھەر كېرەك بار",
    ),
    "sd": (
        _ARABIC + _IN_ARABIC_WORDS + "پچڪکگيٻڀٿٽٺڏڌڍڊڙڳڱڻڄڃڇڦآئءھ۾۽", "یكہ",
        "جي ۾ ۽ آهي کي جو جا تي ته سان هن کان آهن اهو لاءِ هڪ جنهن هئي هو نه ڪيو ڪري سنڌ سندس",
    ),
    "he": (
        "אבגדהוזחטיכךלמםנןסעפףצץקרשת", "",
        "של את על לא הוא היא זה זו זאת עם כי גם או אבל יותר כל בין אחרי לפני היה היתה הייתה אך רק מה אני הם אשר אל מן כך "
        "כדי אם עד יש ולא כמו היו להיות לאחר אותו שלא ביותר לפי",
    ),
    "yi": (
        "אבגדהוזחטיכךלמםנןסעפףצץקרשתװױײ", "",
        "איז און פון די דער דאס האט זיך מיט אויף נישט ניט צו א ער זי מען אבער ווי ביי ביי אז פאר וואס וועט געווען אין ווערט "
        "האבן זענען זיינען אויך נאר נאך דעם דורך ביז איר מיר קיין אדער ווען וועלכע אן זיין זייער",
    ),
    "en": ("", "éï", "the of and to in is that for it with as was on are by this be at from have not or which but an were "
           "has their they he his will its"),
    "fr": ("àâçéèêëîïôœùûü", "æÿ", "le la les des et est une dans que qui pour pas sur du au avec par plus il ce sont aux ne "
           "se elle mais ont été être cette nous d l de un en"),
    "de": ("äöüß", "é", "der die das und ist nicht ein eine mit den von zu im für auf dem des sich auch es wird sind werden wie "
           "bei nach haben hat in an"),
    "es": ("áéíñóúü", "", "el los las de y que en una por con para del es se no un su al lo como más pero fue son este ha está "
           "sus la"),
    "tr": ("çğıöşü", "âîû̇", "ve bir bu da de için ile olarak olan çok daha gibi ama en kadar sonra ne var değil olduğu her ise "
           "tarafından oldu"),
    "it": ("àèéìòù", "", "il di che è e un per non una con del sono della nel si più anche come gli dei alla ha la le in da"),
    "pt": ("áâãàçéêíóôõú", "ü", "o a os de e que do da em um para com não uma no na por mais as dos como mas foi ao é são pelo"),
    "nl": ("ëïéö", "üèê", "de het een van en is dat niet op te zijn met voor er aan ook werd in die wordt naar bij"),
    "id": ("", "é", "yang dan di dengan untuk pada ini itu dari dalam tidak adalah ke akan oleh juga telah sebagai"),
}  # fmt: skip
_BASIC_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Vowel points that Yiddish does without, and the rafe that only Yiddish writes.
_FOREIGN_MARKS = {"yi": "\u05b0\u05b1\u05b2\u05b3\u05b5\u05b6\u05b9\u05bb", "he": "\u05bf"}

_WORD_WEIGHT, _FOREIGN_WEIGHT, _WEAK_WEIGHT = 3.0, -2.0, -0.5
_STRONG = 6.0  # two frequent words or three letters more than the default has


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traits:
    letters: frozenset[str]
    weak: frozenset[str]
    words: frozenset[str]


def text_direction(text: str) -> Literal["rtl", "ltr"] | None:
    """`rtl` where at least 40% of the letters are of bidi class R or AL (an Arabic how-to holds much
    code, an English article about Arabic many quotations), None without letters. Linear time."""
    return _direction(Counter(text))


def guess(text: str, default: str, script: str, runs: Literal["rtl", "ltr"]) -> str:
    """The language that the text's script, letters and words show, `""` where they do not contradict
    the default (its primary language, its script, and which way that runs). Linear time."""
    counted = Counter(text)
    direction = _direction(counted)
    if direction is None:
        return ""
    found = _main_script(counted, direction)
    # Of a script that is not known here only the direction is.
    is_own = found in _WRITTEN_WITH.get(script, (script,)) or (
        not found and script not in _SCRIPT_CLASSES and direction == runs
    )
    if found not in _BY_SCRIPT:
        return "" if is_own else _ONE_LANGUAGE.get(found, "ar" if direction == "rtl" else "en")
    plain = unicodedata.normalize("NFKC", text).lower()
    scores = _scores(plain, counted if plain == text else Counter(plain), found)
    best = max(scores, key=lambda language: scores[language])  # the first of equals
    if found == "Latn" and best not in ("en", default) and not _shown_by_words(text, best):
        best = "en"  # a few short words stand in every language
    if not is_own:
        return best
    default = _WRITTEN_LIKE.get(default, default)
    # A language that is not known here could hide behind a few words; the same script is its alibi.
    threshold = _STRONG if default in scores else max(_STRONG * 2, 0.4 * _count(counted, found))
    return best if best != default and scores[best] - scores.get(default, 0.0) >= threshold else ""


def _shown_by_words(text: str, language: str) -> bool:
    """Whether at least three different words, one of ten in all, are the language's own: frequent ones of
    two letters or more, or with letters that English lacks."""
    words = _WORD["Latn"].findall(_MARK.sub("", unicodedata.normalize("NFKC", text).lower()))
    traits, english = _traits(language), _traits("en")
    frequent, letters = traits.words - english.words, traits.letters - english.letters
    own = [word for word in words if (len(word) > 1 and word in frequent) or letters & set(word)]
    return len(set(own)) >= 3 and 10 * len(own) >= len(words)


def _direction(counted: Counter[str]) -> Literal["rtl", "ltr"] | None:
    letters = {character: count for character, count in counted.items() if character.isalpha()}
    if not letters:
        return None
    rtl = sum(count for character, count in letters.items() if _is_rtl(character))
    return "rtl" if rtl >= 0.4 * sum(letters.values()) else "ltr"


def _main_script(counted: Counter[str], direction: Literal["rtl", "ltr"]) -> str:
    scripts: Counter[str] = Counter()
    for character, count in counted.items():
        name = _script_of(character)
        if name and (name in RTL_SCRIPTS) == (direction == "rtl"):
            scripts[name] += count
    if not scripts:
        return ""
    if scripts["Kana"] * 10 > scripts["Hani"]:  # Japanese: Chinese characters with a little kana
        scripts["Kana"] += scripts.pop("Hani", 0)
    return max(scripts, key=lambda name: (scripts[name], name))


@lru_cache(maxsize=4096)
def _script_of(character: str) -> str:
    found = _SCRIPT.match(character)
    return str(found.lastgroup) if found else ""


@lru_cache(maxsize=4096)
def _is_rtl(character: str) -> bool:
    return bool(_RTL_LETTER.match(character))


def _count(counted: Counter[str], script: str) -> int:
    return sum(count for character, count in counted.items() if _script_of(character) == script)


def _scores(text: str, characters: Counter[str], script: str) -> dict[str, float]:
    letters = {character: count for character, count in characters.items() if _script_of(character) == script}
    unmarked = _MARK.sub("", text) if any(map(_MARK.match, characters)) else text
    words = Counter(_WORD[script].findall(_in_one_spelling(unmarked)))
    scores = {}
    for language in _BY_SCRIPT[script]:
        traits = _traits(language)
        score = _WORD_WEIGHT * sum(words[word] for word in words.keys() & traits.words)
        for letter in letters.keys() - traits.letters:
            score += letters[letter] * (_WEAK_WEIGHT if letter in traits.weak else _FOREIGN_WEIGHT)
        marks = _FOREIGN_MARKS.get(language, "")
        scores[language] = score + _FOREIGN_WEIGHT * sum(characters[mark] for mark in marks)
    return scores


@lru_cache(maxsize=32)
def _traits(language: str) -> _Traits:
    letters, weak, words = _TRAITS[language]
    latin = _BASIC_LATIN if language in _BY_SCRIPT["Latn"] else ""
    spelt = _in_one_spelling(_MARK.sub("", unicodedata.normalize("NFKC", words)))
    return _Traits(letters=frozenset(letters + latin), weak=frozenset(weak), words=frozenset(spelt.split()))


def _in_one_spelling(text: str) -> str:
    for letter, usual in _ONE_SPELLING.items():
        text = text.replace(letter, usual)  # many times faster than str.translate
    return text
