"""Compares, inside the emulated machine, psoxide's answers about it with psutil's, a line of the console for each.

Usage: python hardware.py PARITY PROGRAM, with the folder of the comparison that `cargo xtask parity` makes, whose rules hold
here too, and the program that answers for psoxide.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import compare

# The program itself is one of the processes, and not the same one for both.
LEFT_OUT = {"pids"}


def battery_difference(theirs, mine):
    """psutil has a number for "unlimited" and one for "unknown"; psoxide's form tells them apart by the mains."""
    if theirs is None or mine is None or theirs["secsleft"] >= 0:
        return []
    unlimited = theirs["secsleft"] == compare.psutil.POWER_TIME_UNLIMITED
    if mine["secsleft"] is None and bool(mine["power_plugged"]) == unlimited:
        return []
    return [f"secsleft: psutil {theirs['secsleft']}, psoxide {mine}"]


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
            found += battery_difference(compare.theirs(ask), mine)
        print("PSOXIDE probe", name, json.dumps(mine), flush=True)
        for each in found:
            print("PSOXIDE difference", name, each, flush=True)
    if psoxide.close() != 0:
        raise SystemExit("psoxide ended with an error")
    print("PSOXIDE psutil", compare.psutil.__version__)


main()
