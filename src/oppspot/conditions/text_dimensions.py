"""The text fields of a rule index: postings from each text to the branches that ask for it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from oppspot.conditions.dimensions import Dimension, Lookup, Remembered
from oppspot.conditions.types import FieldType, Leaf, Op
from oppspot.conditions.values import LISTS, READERS, fold, folded_operand

Postings = defaultdict[str, int]


class TextDimension(Dimension):
    """Text and choices: listed texts by posting, patterns tried once for each distinct text."""

    def __init__(self, field: str, kind: FieldType) -> None:
        super().__init__(field)
        self._read = READERS[kind]
        self._allowed: dict[int, frozenset[str]] = {}
        self._forbidden: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
        self._contains: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._starts_with: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._unlisted = 0
        self._lifted: Postings = defaultdict(int)
        self._refused: Postings = defaultdict(int)
        self._remembered: Remembered = Remembered(self._work_out)

    def _add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool:
        texts = frozenset(folded_operand(leaf))
        match leaf.op:
            case Op.CONTAINS | Op.STARTS_WITH:
                patterns = self._contains if leaf.op is Op.CONTAINS else self._starts_with
                patterns[next(iter(texts))][wanted] |= bit
            case _ if wanted is (leaf.op in (Op.EQ, Op.IN)):
                self._allowed[bit] = self._allowed.get(bit, texts) & texts
            case _:
                self._forbidden[bit] |= texts
        return True

    def seal(self, branches: int) -> None:  # noqa: ARG002 - how many there are does not matter here
        for bit, allowed in self._allowed.items():
            self._unlisted |= bit
            for text in allowed - self._forbidden.pop(bit, frozenset()):
                self._lifted[text] |= bit
        for bit, forbidden in self._forbidden.items():
            for text in forbidden:
                self._refused[text] |= bit

    def lookup(self, now: datetime) -> Lookup:  # noqa: ARG002 - not about time
        return self._remembered.__getitem__

    def _work_out(self, value: object) -> int:
        text = self._read(value)
        if not isinstance(text, str):
            return self.unknown
        out = self.known | (self._unlisted & ~self._lifted.get(text, 0)) | self._refused.get(text, 0)
        for part, (unwanted, wanted) in self._contains.items():
            out |= unwanted if part in text else wanted
        for start, (unwanted, wanted) in self._starts_with.items():
            out |= unwanted if text.startswith(start) else wanted
        return out


class TextListDimension(Dimension):
    """Lists of texts. A branch has one place for texts of which the list must have one; more are left to predicates."""

    is_costly = True

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self._needing = 0
        self._lifted: Postings = defaultdict(int)
        self._refused: Postings = defaultdict(int)
        self._branches = 0
        self._remembered: Remembered = Remembered(self._postings)

    def _add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool:
        texts = sorted(set(folded_operand(leaf)))
        if leaf.op is Op.HAS_ALL and len(texts) > 1:
            # Having the first is necessary for having all; the predicate looks at the rest.
            if wanted:
                self._need(bit, texts[:1])
            return False
        if wanted is (leaf.op is not Op.HAS_NONE):
            return self._need(bit, texts)
        for text in texts:
            self._refused[text] |= bit
        return True

    def _need(self, bit: int, texts: Sequence[str]) -> bool:
        if self._needing & bit:
            return False
        self._needing |= bit
        for text in texts:
            self._lifted[text] |= bit
        return True

    def seal(self, branches: int) -> None:
        self._branches = branches

    def _postings(self, item: object) -> int:
        """Return what an item lifts, and above these bits what it refuses: one int, so one step an item."""
        if not isinstance(item, str):
            return 0
        text = fold(item)
        return self._lifted.get(text, 0) | self._refused.get(text, 0) << self._branches

    def lookup(self, now: datetime) -> Lookup:  # noqa: ARG002 - not about time
        remembered, branches = self._remembered, self._branches
        needing, known, unknown = self._needing, self.known, self.unknown

        def ruled_out(value: object) -> int:
            if not isinstance(value, LISTS):
                return unknown
            found = 0
            for item in value:
                found |= remembered[item]
            return known | needing ^ (needing & found) | found >> branches

        return ruled_out
