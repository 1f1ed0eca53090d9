# The types of functions that run when the program ends.

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, overload

_Function = TypeVar("_Function", bound=Callable[[], Any])

@overload
def register_exit_fun(
    fun: _Function, signals: Iterable[int] = ..., logfun: Callable[[str], object] | None = ...
) -> _Function: ...
@overload
def register_exit_fun(
    fun: None = None, signals: Iterable[int] = ..., logfun: Callable[[str], object] | None = ...
) -> Callable[[_Function], _Function]: ...
