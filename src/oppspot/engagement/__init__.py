"""Engagement: what leads do and what it is worth. The pure arithmetic exported here is this feature's public face."""

from oppspot.engagement.rules import CompiledEngagement, compile_engagement, count_windows, measure_engagement

__all__ = ["CompiledEngagement", "compile_engagement", "count_windows", "measure_engagement"]
