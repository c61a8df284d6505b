"""Several who watch, told one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ports import UNWATCHED, Noted, Sending, Watch


def together(watches: Sequence[Watch]) -> Watch:
    """As one. Who is alone, is told without a detour."""
    return watches[0] if len(watches) == 1 else Together(watches) if watches else UNWATCHED


class Together:
    def __init__(self, watches: Sequence[Watch]) -> None:
        self._watches = tuple(watches)

    def began(self) -> None:
        for each in self._watches:
            each.began()

    def answered(self, request: Noted) -> None:
        for each in self._watches:
            each.answered(request)

    def refused(self, why: str) -> None:
        for each in self._watches:
            each.refused(why)

    def committed(self, writes: int, seconds: float) -> None:
        for each in self._watches:
            each.committed(writes, seconds)

    def listening(self, more: int) -> None:
        for each in self._watches:
            each.listening(more)

    def sending(self, app: str, webhook: str, event: str, type: str, origin: str) -> Sending:
        return _Sendings([each.sending(app, webhook, event, type, origin) for each in self._watches])

    def delivered(self, outcome: str, seconds: float) -> None:
        for each in self._watches:
            each.delivered(outcome, seconds)


class _Sendings:
    def __init__(self, sendings: Sequence[Sending]) -> None:
        self._sendings = sendings

    @property
    def headers(self) -> Mapping[str, str]:
        return {name: value for each in self._sendings for name, value in each.headers.items()}

    def over(self, status: int | None) -> None:
        for each in self._sendings:
            each.over(status)
