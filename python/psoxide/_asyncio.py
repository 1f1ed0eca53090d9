"""Waiting for processes in an event loop of `asyncio`."""

import asyncio
import os

from ._common import TimeoutExpired


async def wait(process, timeout):
    """What `process.wait(timeout)` tells, without a thread that waits."""
    try:
        # It has ended already, or it is not to be waited for at all.
        return process.wait(0)
    except TimeoutExpired:
        pass
    expired = TimeoutExpired(timeout, process.pid, process._name)
    loop = asyncio.get_running_loop()
    deadline = None if timeout is None else loop.time() + timeout
    if hasattr(os, "pidfd_open"):
        try:
            handle = os.pidfd_open(process.pid, 0)
        except OSError:
            # Gone meanwhile, or no descriptor is left: it is looked after below.
            pass
        else:
            await _readable(loop, handle, timeout, expired)
    pause = 0.001
    while True:
        try:
            return process.wait(0)
        except TimeoutExpired:
            if deadline is not None and loop.time() >= deadline:
                raise expired from None
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.04)


async def _readable(loop, handle, timeout, expired):
    ended = loop.create_future()

    def done():
        if not ended.done():
            ended.set_result(None)

    try:
        loop.add_reader(handle, done)
        try:
            await asyncio.wait_for(ended, timeout)
        except asyncio.TimeoutError:
            raise expired from None
        finally:
            loop.remove_reader(handle)
    finally:
        os.close(handle)
