"""The rules of the lead score; every function here is pure and takes the time as an argument."""

from oppspot.scoring.rules.compiled import CompiledModel, compile_model
from oppspot.scoring.rules.score import score_lead, score_leads

__all__ = ["CompiledModel", "compile_model", "score_lead", "score_leads"]
