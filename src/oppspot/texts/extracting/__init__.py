"""The extractor that ships: rules over words, the same text always giving the same proposals. It guesses nothing."""

from oppspot.texts.extracting.local import LocalExtractor, extract

__all__ = ["LocalExtractor", "extract"]
