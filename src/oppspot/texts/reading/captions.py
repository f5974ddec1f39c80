"""Reads captions of a recording (WebVTT, SubRip) as turns: `Speaker: what was said`, one paragraph a turn."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.texts.reading.limits import UnreadableDocument

_TIMING: Final = re.compile(r"^\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s+-->\s+(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}")
_VOICE: Final = re.compile(r"^\s*<v(?:\.[^\s>]*)?\s+([^>]{1,80})>")
_LABEL: Final = re.compile(r"^\s*(?:>>\s*)?([^\W\d_][^:\n]{0,58}?)\s*:\s+(?=\S)")
_TAG: Final = re.compile(r"</?[a-zA-Z][^>]{0,200}>|<\d[\d:.]*>")


def read_captions(text: str) -> str:
    """Return the turns of a recording; raises UnreadableDocument when there are no timed captions."""
    turns: list[tuple[str | None, list[str]]] = []
    for speaker, words in _cues(text):
        if turns and (speaker is None or speaker == turns[-1][0]):
            if words != turns[-1][1][-1]:  # captions that scroll repeat their last line
                turns[-1][1].append(words)
        else:
            turns.append((speaker, [words]))
    if not turns:
        raise UnreadableDocument("The file has no timed captions, such as 00:01:02.000 --> 00:01:05.000.")
    return "\n\n".join((f"{speaker}: " if speaker else "") + " ".join(words) for speaker, words in turns)


def _cues(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield who speaks (None: whoever did) and the words, cue by cue."""
    lines: list[str] | None = None
    for line in [*text.splitlines(), ""]:
        if _TIMING.match(line):
            lines = []
        elif lines is not None and line.strip():
            lines.append(line)
        elif lines is not None:
            yield from _spoken(lines)
            lines = None


def _spoken(lines: list[str]) -> Iterator[tuple[str | None, str]]:
    speaker: str | None = None
    words: list[str] = []
    for line in lines:
        voice = _VOICE.match(line)
        plain = _TAG.sub("", line).strip()
        label = None if voice else _LABEL.match(plain)
        named = voice[1].strip() if voice else label[1].strip() if label else None
        if named and words:
            yield speaker, " ".join(words)
            words = []
        speaker = named or speaker
        words.append(plain[label.end() :] if label else plain)
    if joined := " ".join(filter(None, words)):
        yield speaker, joined
