"""Reads which day a text means, from the day it was written: dates, months, quarters, “in three weeks”, “by Friday”.

A month or quarter stands for its last day, since people plan by the end; its beginning or middle only if said.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier", "february feb februar février fevrier", "march mar märz maerz mars",
            "april apr avril", "may mai", "june jun juni juin", "july jul juli juillet", "august aug août aout",
            "september sept sep septembre", "october oct oktober okt octobre", "november nov novembre",
            "december dec dezember dez décembre decembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAYS: Final = {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "montag": 0, "dienstag": 1,
                "mittwoch": 2, "donnerstag": 3, "freitag": 4, "lundi": 0, "mardi": 1, "mercredi": 2, "jeudi": 3,
                "vendredi": 4, "saturday": 5, "sunday": 6}  # fmt: skip
_COUNTS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
    "twelve": 12, "einem": 1,
    "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "sechs": 6, "un": 1, "une": 1, "deux": 2, "trois": 3,
    "quatre": 4, "couple of": 2,
}  # fmt: skip
_COUNT: Final = (
    rf"(?P<count>\d{{1,2}}|(?:a )?couple of|{'|'.join(sorted(map(str.strip, _COUNTS), key=len, reverse=True))})"
)
_PART: Final = (
    r"(?:(?P<part>(?:the )?(?:end|beginning|start|middle) of|early(?: in)?|late(?: in)?|mid[- ]?|before|Ende|Anfang|"
    r"Mitte|vor|"
    r"(?:la )?fin|d[ée]but|mi-|avant|EO)[ -]?(?:de |d'|of )?)?"
)
_SAID_PART: Final = _PART.removesuffix("?")  # the same, not left out
_YEAR: Final = r"(?:,? ?(?P<year>20\d\d)|,? '(?P<short>\d\d))?"
_NEXT: Final = r"(?:(?P<next>next|nächsten?|kommenden?|this|dieses|diesen|coming) )?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b",
        r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>20\d\d|\d\d)?(?!\d)",
        r"\b(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<y>20\d\d)\b",
        rf"\b(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)? (?:of |de )?{_MONTH}{_YEAR}(?!\w)",
        rf"\b{_MONTH} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:\d.]|,? ?\d{{3}}(?!\d)){_YEAR}(?!\w)",
        # A month alone needs a word before it that makes it one: Jan and May are also names and verbs.
        (rf"\b(?:(?:in|by|until|till|til|for|during|since|around|sometime in|im|bis|bis zum|zum|en|d'ici|pour|courant|"
        rf":|this|next|of|to) +)(?:the )?{_PART}{_NEXT}{_MONTH}{_YEAR}(?!\w)"),
        rf"\b{_SAID_PART}{_NEXT}{_MONTH}{_YEAR}(?!\w)",
        rf"\b{_MONTH} (?P<year>20\d\d)\b",
        (rf"\b{_PART}{_NEXT}(?:the )?(?:Q(?P<quarter>[1-4])|(?P<quarter2>first|second|third|fourth) quarter|"
        rf"(?P<quarter3>[1-4])\. Quartal|T(?P<quarter4>[1-4]))(?: of| in)?{_YEAR}(?!\w)"),
        rf"\b{_PART}(?:the )?(?P<span>month|quarter|year|Monats|Quartals|Jahres|mois|trimestre|l'année|EOM|EOQ|EOY)\b",
        rf"\b(?:the )?(?P<half>H[12]|first half|second half)(?: of)?{_YEAR}(?!\w)",
        (rf"\b(?:in|within|innerhalb von|dans)(?: the next| about| around)? {_COUNT} (?P<unit>days?|weeks?|months?|"
        rf"Tagen?|Wochen?|Monaten?|jours?|semaines?|mois)\b(?!')"),
        rf"\b(?:on |by |until |til |bis |am |{_NEXT})(?P<weekday>{'|'.join(_DAYS)})\b",
        r"\b(?P<relative>tomorrow|today|morgen|demain|end of (?:the |this )?week|EOW)\b",
        (r"\b(?P<span2>next (?:month|quarter|year)|nächste[ns]? (?:Monat|Quartal|Jahr)|(?:le mois|l'année|"
        r"le trimestre) prochaine?)\b"),
        (r"\b(?:by|before|until|bis|avant) (?:the )?(?P<season>Christmas|Easter|Weihnachten|Noël|year[- ]end|"
        r"summer break)\b"),
    )
)  # fmt: skip
_QUARTERS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4}


@dataclass(frozen=True, slots=True)
class Mention:
    """A day that a text means, from `start` to `end`; `is_exact` if the day itself is named."""

    day: date
    start: int
    end: int
    is_exact: bool


def days_in(text: str, said_on: date) -> Iterator[Mention]:
    """Yield the days that a text means, in order; the day comes before the month (03/04/2027)."""
    found_days: list[Mention] = []
    taken: list[tuple[int, int]] = []  # also what is written as a day that there is not, such as 31 February
    for form in _FORMS:
        for found in form.finditer(text):
            if any(found.start() < end and start < found.end() for start, end in taken):
                continue
            try:
                day = _day_of({name: value for name, value in found.groupdict().items() if value}, said_on)
            except ValueError:
                taken.append(found.span())
                continue
            if day is not None:
                taken.append(found.span())
                is_exact = bool({"d", "day", "weekday", "one"} & {n for n, v in found.groupdict().items() if v})
                found_days.append(Mention(day, found.start(), found.end(), is_exact))
    return iter(sorted(found_days, key=lambda item: item.start))


def _day_of(given: dict[str, str], said_on: date) -> date | None:  # noqa: PLR0911 — one form of writing a line
    if "y" in given or ("d" in given and "m" in given):
        return _written(given, said_on)
    if "day" in given:
        return _with_year(given, said_on, _MONTHS[given["month"].casefold()], int(given["day"]))
    if "month" in given:
        return _of_period(given, said_on, _MONTHS[given["month"].casefold()], 1)
    if quarter := _quarter_of(given):
        return _of_period(given, said_on, 3 * quarter, 3)
    if "half" in given:
        return _of_period(given, said_on, 6 if given["half"].casefold() in ("h1", "first half") else 12, 6)
    if "span" in given or "span2" in given:
        return _of_span(given, said_on)
    if "unit" in given:
        return _later(said_on, _count_of(given["count"]), given["unit"].casefold())
    if "weekday" in given:
        ahead = (_DAYS[given["weekday"].casefold()] - said_on.weekday() - 1) % 7 + 1
        return said_on + timedelta(days=ahead)
    if "season" in given:
        season = given["season"].casefold()
        is_winter = season in ("christmas", "weihnachten", "noël")
        return _next(said_on, 12, 24 if is_winter else 31) if is_winter or "year" in season else None
    return _relative(given.get("relative", "").casefold(), said_on)


def _written(given: dict[str, str], said_on: date) -> date | None:
    if "one" in given:
        one, two = int(given["one"]), int(given["two"])
        # The day comes first, as in imports, unless the second number can be no month.
        day, month = (two, one) if two > 12 else (one, two)  # noqa: PLR2004 — months of a year
        return date(int(given["y"]), month, day)
    month, day = int(given["m"]), int(given["d"])
    if "y" not in given:
        return _next(said_on, month, day)
    year = int(given["y"])
    return date(year if year > 99 else 2000 + year, month, day)  # noqa: PLR2004 — two digits


def _with_year(given: dict[str, str], said_on: date, month: int, day: int) -> date:
    year = _year_of(given)
    return date(year, month, day) if year else _next(said_on, month, day)


def _year_of(given: dict[str, str]) -> int | None:
    return int(given["year"]) if "year" in given else 2000 + int(given["short"]) if "short" in given else None


def _next(said_on: date, month: int, day: int) -> date:
    """Return the day in this year, or in the next if it has passed."""
    this = date(said_on.year, month, day)
    return this if this >= said_on else date(said_on.year + 1, month, day)


def _quarter_of(given: dict[str, str]) -> int | None:
    if "quarter2" in given:
        return _QUARTERS[given["quarter2"].casefold()]
    named = given.get("quarter") or given.get("quarter3") or given.get("quarter4")
    return int(named) if named else None


def _of_period(given: dict[str, str], said_on: date, last_month: int, months: int) -> date:
    """Return the day of a period that is meant: its last unless its beginning, middle or the time before it is said."""
    year = _year_of(given)
    if year is None:
        year = said_on.year if _last_day(said_on.year, last_month) >= said_on else said_on.year + 1
    first = date(year, last_month - months + 1, 1)
    match re.sub(r"[^a-zäé]", "", given.get("part", "").casefold().removeprefix("the ")):
        case "beginningof" | "startof" | "early" | "earlyin" | "anfang" | "début" | "debut" | "débutde" | "beginning":
            return first
        case "middleof" | "mid" | "mitte" | "mi":
            return date(year, last_month - months // 2, 15)
        case "before" | "vor" | "avant":
            return first - timedelta(days=1)
        case _:
            return _last_day(year, last_month)


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _of_span(given: dict[str, str], said_on: date) -> date | None:
    span = (given.get("span") or given.get("span2", "")).casefold()
    is_next = "span2" in given
    part = given.get("part", "").casefold()
    if not is_next and not span.startswith("eo") and not re.search(r"end|late|fin", part):
        return None  # “this year”, “a month”: no day
    if re.search(r"month|monat|mois|eom", span):
        later = _later(said_on.replace(day=1), 1, "month") if is_next else said_on
        return _last_day(later.year, later.month)
    if re.search(r"quarter|quartal|trimestre|eoq", span):
        later = _later(said_on.replace(day=1), 3, "month") if is_next else said_on
        return _last_day(later.year, (later.month + 2) // 3 * 3)
    return date(said_on.year + is_next, 12, 31)


def _count_of(text: str) -> int:
    text = text.casefold().removeprefix("a ") if "couple" in text.casefold() else text.casefold()
    return int(text) if text.isdecimal() else _COUNTS[text]


def _later(said_on: date, count: int, unit: str) -> date:
    if unit.startswith(("month", "monat", "mois")):
        month = said_on.month - 1 + count
        year, month = said_on.year + month // 12, month % 12 + 1
        return date(year, month, min(said_on.day, monthrange(year, month)[1]))
    return said_on + timedelta(days=count * (7 if unit.startswith(("w", "s")) else 1))


def _relative(word: str, said_on: date) -> date | None:
    if word in ("tomorrow", "morgen", "demain"):
        return said_on + timedelta(days=1)
    if word == "today":
        return said_on
    return said_on + timedelta(days=(4 - said_on.weekday()) % 7) if word else None
