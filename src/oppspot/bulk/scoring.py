"""Finds the frameworks and the score model that tables are scored with, by name, by document or by file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from oppspot.bulk.errors import refusal
from oppspot.core.errors import FieldProblem
from oppspot.qualification.framework import Framework
from oppspot.qualification.frameworks import SHIPPED, shipped_framework
from oppspot.qualification.parse import InvalidFramework, parse_framework
from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.parse import InvalidScoreModel, parse_model
from oppspot.scoring.types import ScoreModel

# A framework, its document, or the name of a shipped one; a model, its document, or "default".
FrameworkLike: TypeAlias = Framework | Mapping[str, Any] | str
ModelLike: TypeAlias = ScoreModel | Mapping[str, Any] | str
DEFAULT: Final = "default"


def frameworks_of(given: Sequence[FrameworkLike]) -> list[Framework]:
    """Return the frameworks, refusing two of one name."""
    found = [_framework(each) for each in given]
    names = [framework.name for framework in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise refusal(FieldProblem("", f"two frameworks are named {twice[0]}", "each name once"))
    return found


def _framework(given: FrameworkLike) -> Framework:
    if isinstance(given, Framework):
        return given
    if not isinstance(given, str):
        return parse_framework(given)
    if given not in SHIPPED:
        raise refusal(FieldProblem("", f"{given!r} is no shipped framework", ", ".join(SHIPPED)))
    return shipped_framework(given)


def model_of(given: ModelLike | None) -> ScoreModel | None:
    """Return the score model; none when none is given."""
    if given is None or isinstance(given, ScoreModel):
        return given
    if given == DEFAULT:
        return DEFAULT_MODEL
    if isinstance(given, str):
        raise refusal(FieldProblem("", f"{given!r} is no score model", f"{DEFAULT}, or a document"))
    return parse_model(given)


def read_framework(name: str) -> Framework:
    """Return a shipped framework by its name, else the one in a YAML or JSON file."""
    if name in SHIPPED:
        return shipped_framework(name)
    try:
        return parse_framework(_bytes_of(name, f"{', '.join(SHIPPED)}, or a YAML or JSON file"))
    except InvalidFramework as error:
        raise refusal(FieldProblem("", f"{name} is no framework: {error}")) from None


def read_model(name: str) -> ScoreModel:
    """Return the default score model, else the one in a JSON file."""
    if name == DEFAULT:
        return DEFAULT_MODEL
    try:
        return parse_model(_bytes_of(name, f"{DEFAULT}, or a JSON file"))
    except InvalidScoreModel as error:
        raise refusal(FieldProblem("", f"{name} is no score model: {error}")) from None


def _bytes_of(name: str, accepted: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError:
        raise refusal(FieldProblem("", f"{name!r} is neither a known name nor a file", accepted)) from None
