"""Scores tables of leads without a database: files, data frames, Arrow batches under Spark or Ray. See docs/bulk.md."""

from oppspot.bulk.batches import score_batches, scored_schema
from oppspot.bulk.errors import InvalidTable
from oppspot.bulk.scorer import Scorer

__all__ = ["InvalidTable", "Scorer", "score_batches", "scored_schema"]
