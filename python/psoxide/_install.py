"""Standing in for psutil: the modules under psutil's names, and classes that say that they are psutil's."""

import importlib
import sys

from . import _common


def install(package):
    """Put `package` and its modules where `import psutil` and `from psutil import _common` find them."""
    sys.modules["psutil"] = package
    for name in ("_common", "_ntuples", *_common.PLATFORM_MODULES):
        sys.modules[f"psutil.{name}"] = importlib.import_module(f".{name}", package.__name__)
    for name in ("Error", "NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired", "Process", "Popen"):
        getattr(package, name).__module__ = "psutil"
