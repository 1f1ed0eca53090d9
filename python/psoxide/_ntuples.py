"""The named tuples, each made when it is first asked for. Their fields come from the catalogue of the Rust side, so
they are declared once for all faces.
"""

from ._psoxide import fields as _fields

_names = _fields()
_names["addr"] = ("ip", "port")
_names["sconn"] = ("fd", "family", "type", "laddr", "raddr", "status", "pid")
_names["pconn"] = _names["sconn"][:-1]
if "pmmap_ext" in _names:
    _names["pmmap_grouped"] = _names["pmmap_ext"][2:]

__all__ = sorted(_names)


def __getattr__(name):
    try:
        names = _names[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    from collections import namedtuple

    made = namedtuple(name, names, module=__name__)
    # Another thread may have been faster; there is one class of each name.
    return globals().setdefault(name, made)


def __dir__():
    return [*globals(), *_names]
