"""Owns the lists of words and domains that ship with the package; decides nothing."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words(name: str) -> frozenset[str]:
    """Return one list of words.toml."""
    return _split(_words_file()[name])


@cache
def numbered_words(name: str) -> dict[str, int]:
    """Return the words of one numbered table of words.toml, each with its number."""
    return {word: int(number) for number, listed in _words_file()[name].items() for word in _split(listed)}


@cache
def entries(filename: str) -> frozenset[str]:
    """Return the words of a plain list, separated by blanks or line breaks, without its comments."""
    return frozenset(word for line in lines(filename) for word in line.split())


def lines(filename: str) -> list[str]:
    """Return the lines of a file beside this one, without its comments."""
    text = files("oppspot.leads.normalise").joinpath(filename).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def _words_file() -> dict[str, Any]:
    return tomllib.loads(files("oppspot.leads.normalise").joinpath("words.toml").read_text(encoding="utf-8"))


def _split(listed: str) -> frozenset[str]:
    return frozenset(word.strip("\n") for word in listed.split("|"))
