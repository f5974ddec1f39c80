"""Servers and workers look for garbage seldom."""

import subprocess
import sys

from oppspot.core.garbage import THRESHOLDS

_ASKED = """
import gc
from oppspot.core.garbage import collect_seldom
collect_seldom()
class Pair: pass
for _ in range(200_000):
    one, other = Pair(), Pair()
    one.other, other.other = other, one
del one, other
left = sum(isinstance(each, Pair) for each in gc.get_objects())
print(gc.get_threshold(), gc.get_freeze_count() > 1_000, left < 150_000)
"""


def test_what_is_there_is_not_gone_through_again_and_what_is_lost_is_still_found() -> None:
    """In a process of its own: 200,000 pairs that only refer to each other do not pile up."""
    answer = subprocess.run([sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == f"{THRESHOLDS} True True"
