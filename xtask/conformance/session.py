"""Writes a login record to the file named by the only argument, so that there is a user to be told of. The layout is that of
`utmp(5)`.
"""

import struct
import sys
import time

_USER_PROCESS = 7

record = struct.pack(
    "=h2xi32s4s32s256shhiii4i20x",
    _USER_PROCESS,
    1,
    b"pts/0",
    b"ts/0",
    b"root",
    b"192.0.2.7",
    0,
    0,
    0,
    int(time.time()) - 60,
    0,
    *(0, 0, 0, 0),
)
with open(sys.argv[1], "wb") as file:
    file.write(record)
