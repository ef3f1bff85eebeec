"""How a worker process treats its memory: few arenas, and rare looks for what can be freed."""

import ctypes
import gc
import sys

_M_ARENA_MAX = -8  # of glibc's mallopt
_ARENAS = 2
_NEW_OBJECTS = 50_000


def use_few_arenas() -> None:
    """Let threads share their places for memory (glibc; elsewhere nothing happens).

    Each of them would else get one of its own, which keeps what its largest batch once needed.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, _ARENAS)


def look_rarely() -> None:
    """Leave what is loaded by now alone, and look for cycles after a batch's worth of objects instead of after 700.

    A batch makes some ten thousand objects, nearly all without cycles: looking at them all again and again costs a
    third of the processor's time that a text needs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
