"""The line of a PostgreSQL itself: LISTEN and NOTIFY, over a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ..ports import Unavailable, UnusableStore
from ._connecting import Address, Connection, Unreachable, answered, hang_up

CHANNEL = "parhelion"
_CALL = f"select pg_notify('{CHANNEL}', name) from unnest(cast($1 as text[])) as name"


class Notify:
    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: Connection | None = None

    async def open(self, hear: Callable[[str], None], lost: Callable[[], None]) -> None:
        try:
            # A bell need not outlive a crash.
            connection = self._connection = await self._address.connect(synchronous_commit="off")
        except (Unreachable, UnusableStore) as trouble:
            raise Unavailable(str(trouble)) from None
        ours = connection.get_server_pid()

        def heard(_: object, pid: int, __: str, name: str) -> None:
            if pid != ours:
                hear(name)

        def ended(_: object) -> None:
            lost()

        connection.add_termination_listener(ended)
        await answered(connection, connection.add_listener(CHANNEL, heard))

    async def call(self, names: Collection[str]) -> None:
        assert self._connection is not None, "it was opened"  # noqa: S101 - or nobody would call
        await answered(self._connection, self._connection.execute(_CALL, list(names)))

    async def close(self) -> None:
        if self._connection is not None:
            await hang_up(self._connection)
