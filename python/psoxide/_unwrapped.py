"""What psutil remembers of counters between calls: how often each has wrapped."""
# The types of what is public stand in `_common.pyi`.
# mypy: ignore-errors

import threading
from _operator import lt

from ._psoxide import went_on


class Unwrapped:
    """Counters that never go back: what a counter lost when it wrapped is added to it from then on."""

    def __init__(self):
        self.lock = threading.Lock()
        # By name of the function: the last counters, what each (key, field) is owed, and the fields owed of each key.
        self.cache = {}
        self.reminders = {}
        self.reminder_keys = {}

    def run(self, input_dict, name):
        """The counters of `input_dict` (tuples of numbers by key) on top of what earlier calls of that name saw."""
        with self.lock:
            before = self.cache.get(name)
            self.cache[name] = input_dict
            if before is None:
                self.reminders[name] = {}
                self.reminder_keys[name] = {}
                return input_dict
            owed = self.reminders[name]
            fields_owed = self.reminder_keys[name]
            if not fields_owed and went_on(before, input_dict, len(owed)):
                return input_dict.copy()
            for key in before.keys() - input_dict.keys():
                fields_owed.pop(key, None)
                for place in range(len(before[key])):
                    owed.pop((key, place), None)
            answer = {}
            for key, now in input_dict.items():
                then = before.get(key)
                if then is None:
                    answer[key] = now
                    continue
                if (key, 0) not in owed:
                    owed.update(((key, place), 0) for place in range(len(now)))
                if key in fields_owed or (now != then and any(map(lt, now, then))):
                    sums = []
                    for place, (new, old) in enumerate(zip(now, then)):
                        field = (key, place)
                        debt = owed[field]
                        if new < old:
                            debt = owed[field] = debt + old
                            fields_owed.setdefault(key, set()).add(field)
                        sums.append(new + debt)
                    now = tuple.__new__(type(now), sums)
                answer[key] = now
            return answer

    def cache_clear(self, name=None):
        """Forget what was seen, under one name or all."""
        with self.lock:
            for memory in (self.cache, self.reminders, self.reminder_keys):
                if name is None:
                    memory.clear()
                else:
                    memory.pop(name, None)

    def cache_info(self):
        """What is remembered: counters, what is owed, and the fields owed."""
        with self.lock:
            return (self.cache, self.reminders, self.reminder_keys)
