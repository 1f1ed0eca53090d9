"""All processes as columns, for data frames."""

from . import _psoxide
from ._common import get_procfs_path
from ._psoxide import Columns  # noqa: F401

# What is told by the files that most other attributes are told by.
_USUAL = (
    "pid", "ppid", "name", "status", "username", "uids", "gids", "terminal", "create_time", "cpu_times", "cpu_percent",
    "num_threads", "nice", "memory_info", "page_faults",
)  # fmt: skip
# Tables that nobody is reading, by what they tell: what each has prepared for reading is not prepared again.
_tables = {}
_MOST_TABLES = 4


def process_table(attrs=None):
    """All processes at one moment as columns, an attribute each, in the order of `attrs`; the usual ones without `attrs`.

    The answer has Arrow's PyCapsule interface: `polars.DataFrame(it)`, `pyarrow.table(it)`,
    `pandas.DataFrame.from_arrow(it)` and `duckdb` take it as it is. What a process does not tell is null, records are
    structs; what a field means and in which unit it is stands in its metadata. `cpu_percent` and the like are told of the
    time since the call before with the same attributes.
    """
    names = _USUAL if attrs is None else tuple(attrs)
    key = (get_procfs_path(), *names)
    table = _tables.pop(key, None) or _psoxide.Table(key[0], [*names])
    try:
        return table.columns()
    finally:
        if len(_tables) < _MOST_TABLES:
            _tables[key] = table
