"""The name of psutil's extension module, which programs name in lists of hidden imports."""

from ._psoxide import *  # noqa: F403
