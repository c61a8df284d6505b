from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ApiResponse(Generic[T]):
    """An answer with its status and headers. Unpacks as (data, status, headers), as it did before 17."""

    def __init__(
        self, *, status_code: int, data: T, headers: Mapping[str, str] | None = None, raw_data: bytes = b""
    ) -> None:
        self.status_code, self.data, self.headers, self.raw_data = status_code, data, headers, raw_data

    def _tuple(self) -> tuple[T, int, Mapping[str, str] | None]:
        return self.data, self.status_code, self.headers

    def __iter__(self) -> Iterator[Any]:
        return iter(self._tuple())

    def __getitem__(self, index: int) -> Any:
        return self._tuple()[index]

    def __len__(self) -> int:
        return 3

    def __repr__(self) -> str:
        return f"ApiResponse(status_code={self.status_code}, headers={self.headers}, data={self.data!r})"


__all__ = ["ApiResponse", "T"]
