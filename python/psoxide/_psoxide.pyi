# The extension module is the package's own affair: what it answers has types where the package hands it on.

from typing import Any

def __getattr__(name: str) -> Any: ...
