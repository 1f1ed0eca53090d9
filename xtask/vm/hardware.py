"""Compares, inside the emulated machine, psoxide's answers about it with psutil's, a line of the console for each.

Usage: python hardware.py PARITY PROGRAM, with the folder of the comparison that `cargo xtask test` makes, whose rules hold
here too, and the program that answers for psoxide.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import compare

# The program itself is one of the processes, and not the same one for both.
LEFT_OUT = {"pids"}

# Where psoxide means to differ: how a difference begins, and why.
MEANT = {
    "net_if_addrs.pair0.0.broadcast: ": "where no broadcast address is set, getifaddrs repeats the interface's own",
    "sensors_fans.lm85: psutil 4 then 4 entries, psoxide 2: only psutil ['{\"current\": -1, ": (
        "the driver says -1 for a fan whose register it cannot read, which is no speed"
    ),
}


def battery_difference(theirs, mine):
    """psutil has a number for "unlimited" and one for "unknown"; psoxide's form tells them apart by the mains."""
    unlimited = compare.psutil.POWER_TIME_UNLIMITED
    if theirs is None or mine is None or theirs.secsleft not in (unlimited, compare.psutil.POWER_TIME_UNKNOWN):
        return []
    if mine["secsleft"] is None and bool(mine["power_plugged"]) == (theirs.secsleft == unlimited):
        return []
    return [f"sensors_battery.secsleft: psutil {theirs.secsleft!r}, psoxide {mine}"]


def main():
    psoxide = compare.Psoxide(sys.argv[2])
    names = psoxide.ask("names")["probes"]
    for name, ask in compare.PROBES.items():
        if name in LEFT_OUT:
            continue
        if name in names:
            found = compare.compare(psoxide, name, f"probe {name}", ask)
        else:
            found = [f"{name}: not in the catalogue"]
        mine, _ = compare.ours(psoxide, f"probe {name}", name)
        if name == "sensors_battery":
            found += battery_difference(ask(), mine)
        print("PSOXIDE probe", name, json.dumps(mine), flush=True)
        for each in found:
            reasons = [reason for start, reason in MEANT.items() if each.startswith(start)]
            if reasons:
                print("PSOXIDE meant", name, f"{each}: {reasons[0]}", flush=True)
            else:
                print("PSOXIDE difference", name, each, flush=True)
    if psoxide.close() != 0:
        raise SystemExit("psoxide ended with an error")
    print("PSOXIDE psutil", compare.psutil.__version__)


main()
