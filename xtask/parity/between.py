"""Whether an answer lies between two of another source, of which one was given before and one after it."""

import enum
import json


def plain(value):
    """Named tuples as dicts, enums as their names, and addresses as psoxide writes them."""
    if isinstance(value, enum.Enum):
        return {"AF_PACKET": "AF_LINK"}.get(value.name, value.name)
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


class Between:
    """What counts as different: `tolerances` says how far a number may lie outside, by path (`*` is any one part of it);
    `unknown`, by field, what the other source says of what is not known; `left_out` names fields that only it has.
    """

    def __init__(self, tolerances, unknown, left_out=frozenset()):
        self.tolerances = tolerances
        self.unknown = unknown
        self.left_out = left_out

    def differences(self, path, before, mine, after):
        """Where `mine` is not between `before` and `after`."""
        name = path.rpartition(".")[2]
        if mine is None and name in self.unknown:
            unknown = self.unknown[name] if isinstance(self.unknown[name], tuple) else (self.unknown[name],)
            if before in unknown or after in unknown:
                return []
        kinds = {type(before), type(after), type(mine)}
        refused = any(isinstance(told, dict) and "error" in told for told in (before, mine, after))
        if kinds == {dict} and not refused:
            return self._of_dicts(path, before, mine, after)
        if kinds == {list}:
            return self._of_lists(path, before, mine, after)
        numbers = kinds <= {int, float}
        if numbers:
            room = self.tolerance(path)
            if any(kind is float for kind in kinds):
                room += 1e-9 * abs(before)
            if min(before, after) - room <= mine <= max(before, after) + room:
                return []
        elif mine == before or mine == after:
            return []
        return [f"{path}: psutil {_shorten(before)} then {_shorten(after)}, psoxide {_shorten(mine)}"]

    def _of_dicts(self, path, before, mine, after):
        found = []
        for name in sorted(set(before) | set(mine) | set(after)):
            sources = (("psutil", before), ("psoxide", mine), ("psutil", after))
            missing = [who for who, told in sources if name not in told]
            if name in self.left_out and missing == ["psoxide"]:
                continue
            if missing:
                found.append(f"{path}.{name}: not told by {missing[0]}")
            else:
                found += self.differences(f"{path}.{name}", before[name], mine[name], after[name])
        return found

    def _of_lists(self, path, before, mine, after):
        if mine == before or mine == after:
            return []
        if len(before) == len(mine) == len(after):
            found = []
            for index, parts in enumerate(zip(before, mine, after)):
                found += self.differences(f"{path}.{index}", *parts)
            return found
        return [f"{path}: psutil {len(before)} then {len(after)} entries, psoxide {len(mine)}: " + _only(before, mine)]

    def tolerance(self, path):
        """How far a number of this path may lie outside."""
        parts = path.split(".")
        for pattern, room in self.tolerances.items():
            wanted = pattern.split(".")
            if len(wanted) == len(parts) and all(w in ("*", p) for w, p in zip(wanted, parts)):
                return room
        return 0


def _only(theirs, ours):
    shown = lambda part: json.dumps(part, sort_keys=True)
    left, right = set(map(shown, theirs)), set(map(shown, ours))
    return f"only psutil {sorted(left - right)[:3]}, only psoxide {sorted(right - left)[:3]}"


def _shorten(value):
    text = repr(value)
    return text if len(text) < 160 else text[:157] + "..."


def check_itself(rules):
    """That what differs is found: a comparison that finds nothing proves nothing otherwise."""
    same = [(1, 1, 1), (1, 2, 3), ("a", "b", "b"), ([1, 2], [1, 3], [1, 3])]
    other = [(1, 2, 1), (1, 4, 3), ("a", "c", "b"), ([1], [], [1]), ({"a": 1}, {}, {"a": 1}), (0, None, 0), ({}, {"error": "x"}, {})]
    assert not any(rules.differences("name", *three) for three in same)
    assert all(rules.differences("name", *three) for three in other)
