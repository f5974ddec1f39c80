"""Score model documents: read strictly, written back, and named by a stable hash."""

from oppspot.scoring.parse.document import parse_model
from oppspot.scoring.parse.dump import dump_model, model_hash
from oppspot.scoring.parse.nodes import InvalidScoreModel, Problem

__all__ = ["InvalidScoreModel", "Problem", "dump_model", "model_hash", "parse_model"]
