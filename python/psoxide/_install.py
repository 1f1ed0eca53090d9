"""Standing in for psutil: the modules under psutil's names, and classes that say that they are psutil's."""

import importlib
import sys

_SUBMODULES = ("_common", "_ntuples", "_psposix", "_pslinux", "_psutil_linux")


def install(package):
    """Put `package` and its modules where `import psutil` and `from psutil import _common` find them."""
    sys.modules["psutil"] = package
    for name in _SUBMODULES:
        try:
            module = importlib.import_module(f".{name}", package.__name__)
        except ImportError:
            # Not a module of this system.
            continue
        sys.modules[f"psutil.{name}"] = module
    for name in ("Error", "NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired", "Process", "Popen"):
        getattr(package, name).__module__ = "psutil"
