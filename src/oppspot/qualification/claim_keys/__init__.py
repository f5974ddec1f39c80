"""The registry of claim keys: what can be claimed of a lead, what each accepts and how long it stays fresh."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oppspot.qualification.claim_keys.bant import BANT_KEYS
from oppspot.qualification.claim_keys.meddic import MEDDIC_KEYS
from oppspot.qualification.claim_keys.others import OTHER_KEYS
from oppspot.qualification.claim_keys.shapes import ClaimKey

CLAIM_KEYS: Final[Mapping[str, ClaimKey]] = MappingProxyType(
    {key.name: key for key in (*BANT_KEYS, *MEDDIC_KEYS, *OTHER_KEYS)}
)
