"""Makes every public call again and again and looks whether memory or descriptors grow.

    python leaks.py CALLS SECONDS

Each is called CALLS times, fewer if that takes more than SECONDS of a CPU. Prints a table in Markdown; ends with 1 if anything
grew. Four figures are taken before and after: what the C library's allocator has given out (Rust's memory and large
objects of Python), the blocks of Python's own allocator, the resident memory of the process, its open descriptors.
"""

import ctypes
import gc
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "python/tests"))
import every_call  # noqa: E402

import psoxide  # noqa: E402

# What may be there more after all calls of a kind: the allocators keep some for later, and a dictionary grows in steps.
# A leak of one small object in every tenth call is more than that already after a thousand calls.
HEAP = 8 * 1024
BLOCKS = 150
RESIDENT = 1024 * 1024

_library = ctypes.CDLL(None)
_trim = _library.malloc_trim


class Figures:
    """Figures of this process that leaks would raise, none of them from psoxide."""

    def __init__(self):
        gc.collect()
        _trim(0)
        with open("/proc/self/statm") as statm:
            self.resident = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        self.descriptors = len(os.listdir("/proc/self/fd"))
        self.blocks = sys.getallocatedblocks()
        self.heap = _in_use()


class _Mallinfo2(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


_mallinfo2 = _library.mallinfo2
_mallinfo2.restype = _Mallinfo2


def _in_use():
    info = _mallinfo2()
    return info.uordblks + info.hblkhd


def _repeat(call, calls, seconds):
    """How often it was called."""
    deadline = time.process_time() + seconds
    made = 0
    while made < calls:
        for _ in range(min(50, calls - made)):
            call()
        made += min(50, calls - made)
        if time.process_time() > deadline:
            break
    return made


def _measure(call, calls, seconds):
    """Calls, and what grew of heap, blocks, resident memory and descriptors."""
    _repeat(call, 100, seconds / 4)
    before = Figures()
    made = _repeat(call, calls, seconds)
    after = Figures()
    grown = tuple(
        getattr(after, name) - getattr(before, name) for name in ("heap", "blocks", "resident", "descriptors")
    )
    return made, grown


def _leaks(grown):
    heap, blocks, resident, descriptors = grown
    return heap > HEAP or blocks > BLOCKS or resident > RESIDENT or descriptors > 0


def main():
    calls, seconds = int(sys.argv[1]), float(sys.argv[2])
    leaking = []
    print("| call | times | C heap | Python blocks | resident | descriptors |")
    print("|---|--:|--:|--:|--:|--:|")
    with every_call.Subjects() as subjects:
        lacking = every_call.missing(psoxide, subjects)
        if lacking:
            sys.exit(f"not called: {', '.join(lacking)}")
        tables = (every_call.of_the_machine(psoxide, subjects), every_call.of_a_process(psoxide, subjects))
        for table in tables:
            for text, call in table.items():
                made, grown = _measure(call, calls, seconds)
                if _leaks(grown):
                    # Once more: what came from another's doing, such as more processes to list, does not come again.
                    made, grown = _measure(call, calls, seconds)
                    if _leaks(grown):
                        leaking.append(text)
                print(f"| `{text}` | {made:,} | " + " | ".join(f"{number:+,}" for number in grown) + " |", flush=True)
    if leaking:
        sys.exit(f"grows: {', '.join(leaking)}")


if __name__ == "__main__":
    main()
