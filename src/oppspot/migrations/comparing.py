"""What a comparison of schema and models looks at: our tables, not their partitions."""

import re
from typing import Any

_PARTITION = re.compile(r"_p\d+(_|$)")


def is_ours(_object: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Leave reflected partitions (`claims_p3`) out of a comparison."""
    return not (kind == "table" and reflected and _PARTITION.search(name or ""))
