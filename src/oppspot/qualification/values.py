"""Decides what value a claim key accepts, and brings it into one form (JSON-ready, dates as ISO text)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

MAX_ITEMS: Final = 100
# Line ends and tabs are welcome; other control characters and lone surrogates are not.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class Refused(ValueError):
    """A value that is not accepted; `place` says where in a list or object (`[2].role`), empty for the value itself."""

    def __init__(self, message: str, accepted: str, place: str = "") -> None:
        self.message, self.accepted, self.place = message, accepted, place
        super().__init__(message)


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberKind(_Kind):
    type: Literal["number"] = "number"
    minimum: float = 0.0
    maximum: float = 1e15
    whole: bool = False

    @property
    def accepted(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.minimum:g} to {self.maximum:g}"

    def normalise(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Refused("is not a number", self.accepted)
        if not self.minimum <= value <= self.maximum or (self.whole and value != int(value)):
            raise Refused("is not in the range", self.accepted)
        return int(value) if value == int(value) else value


class FlagKind(_Kind):
    type: Literal["flag"] = "flag"

    @property
    def accepted(self) -> str:
        return "true or false"

    def normalise(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise Refused("is neither true nor false", self.accepted)
        return value


class ChoiceKind(_Kind):
    type: Literal["choice"] = "choice"
    values: tuple[str, ...] = Field(min_length=1, max_length=50)
    aliases: dict[str, str] = {}  # other spellings in use, already in lower snake case

    @property
    def accepted(self) -> str:
        return f"one of {', '.join(self.values)}"

    def normalise(self, value: object) -> str:
        if isinstance(value, str):
            name = re.sub(r"[\s\-]+", "_", value.strip().lower())
            name = self.aliases.get(name, name)
            if name in self.values:
                return name
        raise Refused("is not one of the choices", self.accepted)


class DateKind(_Kind):
    type: Literal["date"] = "date"

    @property
    def accepted(self) -> str:
        return "a date as YYYY-MM-DD"

    def normalise(self, value: object) -> str:
        day = _date_of(value)
        if day is None:
            raise Refused("is not a date", self.accepted)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise Refused(f"{day} is out of range", f"{self.accepted}, from {_FIRST_YEAR} to {_LAST_YEAR}")
        return day.isoformat()


class TextKind(_Kind):
    type: Literal["text"] = "text"
    max_length: int = Field(default=1_000, ge=1, le=10_000)

    @property
    def accepted(self) -> str:
        return f"text of 1 to {self.max_length} characters, no control characters"

    def normalise(self, value: object) -> str:
        if not isinstance(value, str):
            raise Refused("is not text", self.accepted)
        text = unicodedata.normalize("NFC", value).strip()
        if not 1 <= len(text) <= self.max_length:
            raise Refused("is empty" if not text else "is too long", self.accepted)
        if _CONTROL.search(text):
            raise Refused("contains control characters", self.accepted)
        return text


class TextsKind(_Kind):
    type: Literal["texts"] = "texts"
    max_length: int = Field(default=500, ge=1, le=10_000)

    @property
    def accepted(self) -> str:
        return f"a list of at most {MAX_ITEMS} texts"

    def normalise(self, value: object) -> list[str] | None:
        text = TextKind(max_length=self.max_length)
        texts = [_within(f"[{index}]", text, item) for index, item in enumerate(_list_of(value, self.accepted))]
        # An indicator said twice is one indicator.
        return list({item.casefold(): item for item in texts}.values()) or None


ScalarKind: TypeAlias = Annotated[NumberKind | FlagKind | ChoiceKind | DateKind | TextKind, Field(discriminator="type")]


class ItemsKind(_Kind):
    """A list of objects. Items with the same `identity` are one item, the later fields counting."""

    type: Literal["items"] = "items"
    identity: str
    fields: dict[str, ScalarKind]

    @property
    def accepted(self) -> str:
        others = [name for name in self.fields if name != self.identity]
        return f"a list of at most {MAX_ITEMS} objects with {self.identity}" + (
            f" and optionally {', '.join(others)}" if others else ""
        )

    def normalise(self, value: object) -> list[dict[str, Any]] | None:
        items: dict[str, dict[str, Any]] = {}
        for index, raw in enumerate(_list_of(value, self.accepted)):
            item = self._item(raw, f"[{index}]")
            items.setdefault(str(item[self.identity]).casefold(), {}).update(item)
        # An empty list says nothing: nobody has stated that there are none.
        return list(items.values()) or None

    def _item(self, raw: object, place: str) -> dict[str, Any]:
        if isinstance(raw, str):
            raw = {self.identity: raw}
        if not isinstance(raw, Mapping):
            raise Refused("is not an object", self.accepted, place)
        if unknown := next((name for name in raw if name not in self.fields), None):
            raise Refused(f"{str(unknown)[:60]!r} is not a known field", ", ".join(self.fields), place)
        if raw.get(self.identity) is None:
            raise Refused(f"{self.identity} is missing", self.fields[self.identity].accepted, place)
        return {
            name: _within(f"{place}.{name}", kind, raw[name])
            for name, kind in self.fields.items()
            if raw.get(name) is not None
        }


Kind: TypeAlias = Annotated[
    NumberKind | FlagKind | ChoiceKind | DateKind | TextKind | TextsKind | ItemsKind, Field(discriminator="type")
]


def _within(place: str, kind: ScalarKind, value: object) -> Any:
    try:
        return kind.normalise(value)
    except Refused as refused:
        raise Refused(refused.message, refused.accepted, place) from None


def _list_of(value: object, accepted: str) -> Sequence[object]:
    if not isinstance(value, (list, tuple)) or len(value) > MAX_ITEMS:
        raise Refused("is not such a list", accepted)
    return value


def _date_of(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).date() if len(value) > len("YYYY-MM-DD") else date.fromisoformat(value)
    except ValueError:
        return None
