"""How far psoxide may lie outside what psutil said before and after, where that is alike on all systems: by path, `*` is any
one part of it. What is of one system stands in the comparison there.
"""

MIB = 1 << 20

# Memory moves up and down between two reads on a busy machine.
MOVES = 16 * MIB
PERCENT_MOVES = 0.2

EVERYWHERE = {
    "virtual_memory.available": MOVES,
    "virtual_memory.used": MOVES,
    "virtual_memory.free": MOVES,
    "virtual_memory.percent": PERCENT_MOVES,
    # psutil reckons it from a clock that runs while it asks.
    "boot_time": 1.0,
}
