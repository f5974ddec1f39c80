"""Decides when two company names, or two person names, are the same name written differently; and splits full names."""

import re
from functools import lru_cache
from typing import Final

from oppspot.leads.normalise.listings import entries
from oppspot.leads.normalise.listings import words as listed_words
from oppspot.leads.normalise.texts import fold

_LEADING: Final = listed_words("leading_forms")
_COMPANIONS: Final = listed_words("companions")
_LEGAL_FORMS: Final = entries("legal_forms.txt")
_SALUTATIONS: Final = listed_words("salutations")
_SUFFIXES: Final = listed_words("name_suffixes")
_PARTICLES: Final = listed_words("particles")
_EAST_ASIAN_FORM: Final = re.compile(
    r"^(?:株式会社|\(株\)|有限会社|\(有\)|合同会社|주식회사|\(주\)|유한회사)|"
    r"(?:株式会社|\(株\)|有限会社|\(有\)|合同会社|股份有限公司|有限责任公司|有限公司|주식회사|\(주\)|유한회사)$",
)
_APOSTROPHES: Final = re.compile("['`\u00b4\u2018\u2019\u02bc]")
_NOT_WORD: Final = re.compile(r"[\W_]+")

_FAMILY_FIRST: Final = re.compile("^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=100_000)
def company_name_key(name: str) -> str | None:
    """Return what a company is called without case, accents, punctuation and legal form; None when nothing is left.

    `ACME Widgets, S.p.A.` and `acme widgets spa` give the same key. Words that tell companies of one group apart
    (holding, group, international, a country) stay. Giving the key gives the key again.
    """
    words = _joined_initials(_words(_without_east_asian_form(fold(name).replace("&", " and "))))
    return " ".join(_without_legal_forms(words)) or None


def person_name_key(first_name: str | None, last_name: str | None) -> str | None:
    """Return the full name without case, accents, punctuation, titles and degrees; None unless both parts are known.

    Where the name was split does not matter: (`Ana María`, `Ruiz`) and (`Ana`, `María Ruiz`) are one person.
    """
    if not first_name or not last_name:
        return None
    words = _bare_words(_words(f"{fold(first_name)} {fold(last_name)}"))
    return " ".join(words) if len(words) > 1 else None


def split_full_name(name: str) -> tuple[str | None, str | None]:
    """Return (first name, last name) of a full name; one word alone is a last name.

    `van der Berg, Dr. Jane` and `Dr. Jane van der Berg` give (`Jane`, `van der Berg`); names in East Asian letters
    begin with the family.
    """
    last, comma, first = name.partition(",")
    if comma and _letters(first.strip()) not in _SUFFIXES:
        return _spoken(first.split()), _spoken(last.split())
    words = _bare_words(last.split() if comma else name.split())
    if len(words) < 2:  # noqa: PLR2004 - a first and a last name
        return None, " ".join(words) or None
    if _FAMILY_FIRST.match(name):
        return " ".join(words[1:]), words[0]
    cut = len(words) - 1
    while cut > 1 and _letters(words[cut - 1]) in _PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


def _spoken(words: list[str]) -> str | None:
    return " ".join(_bare_words(words)) or None


def _bare_words(words: list[str]) -> list[str]:
    """Drop titles in front and degrees behind, unless nothing would be left."""
    start, end = 0, len(words)
    while start < end - 1 and _letters(words[start]) in _SALUTATIONS:
        start += 1
    while end > start + 1 and _letters(words[end - 1]) in _SUFFIXES:
        end -= 1
    return words[start:end]


def _letters(word: str) -> str:
    return fold(word).replace(".", "").strip("',")


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", text)).split()


def _without_east_asian_form(text: str) -> str:
    bare = _EAST_ASIAN_FORM.sub("", text.strip())
    return bare if bare.strip() else text


def _joined_initials(words: list[str]) -> list[str]:
    """Join runs of single letters: `i b m` and `s p a` are one word each."""
    joined: list[str] = []
    in_run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and in_run:
            joined[-1] += word
        else:
            joined.append(word)
        in_run = single
    return _with_polish_form(joined)


def _with_polish_form(words: list[str]) -> list[str]:
    """Make one word of `sp. z o.o.`, whose end would else take the zoo from `Berlin Zoo`."""
    text = f" {' '.join(words)} "
    return text.replace(" sp zoo ", " spzoo ").split() if " sp zoo " in text else words


def _without_legal_forms(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while end > 1 and (words[end - 1] in _LEGAL_FORMS or (end < len(words) and words[end - 1] in _COMPANIONS)):
        end -= 1
    while start < end and words[start] in _LEADING:
        start += 1
    if len(words) == 1 and words[0] in _LEGAL_FORMS:
        # `! Ltd` and `?! Ltd` are two companies: a legal form alone names neither.
        return []
    # A company may be called "The Limited": rather the whole name than none.
    return words[start:end] or words
