"""A PostgreSQL, looked at: whether its indexes are whole. Its files are its own tools' to look at (pg_amcheck)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ..ports import Damaged, Finding, Row, Shape, Unavailable, Values, Write
from . import _migrating as migrating
from ._connecting import Address, Connection, Told as Said, Unreachable, hang_up, state
from ._tongue import numbered
from ._words import looked_at_in_postgres
from .soundness import Told

_INDEXES = """
    select cast(c.relname as text), i.indisvalid and i.indisready and i.indislive or exists (
        select 1 from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = (select oid from pg_namespace where nspname = current_schema()) order by c.relname"""
_DAMAGE = ("XX001", "XX002")  # data_corrupted, index_corrupted


class SoundShared:
    """One database. It is there, with its tables."""

    def __init__(self, address: str) -> None:
        self._address = Address(address)
        self._address.name = "parhelion check"
        self._made: Connection | None = None

    def __str__(self) -> str:
        return str(self._address)

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        text, names = numbered(looked_at_in_postgres(sql))
        connection = await self._connection()
        try:
            return await connection.fetch(text, *(values[name] for name in names))
        except Said as problem:
            if state(problem) in _DAMAGE:
                raise Damaged(str(problem)) from None
            raise

    async def read_one(self, sql: str, values: Values) -> Row | None:
        rows = await self.read_all(sql, values)
        return rows[0] if rows else None

    async def shape(self) -> Shape:
        return await migrating.shape(await self._connection())

    async def parts(self, told: Told) -> AsyncIterator[Finding]:
        told("indexes", 0, 1)
        found = await self.read_all(_INDEXES, {})
        ill = tuple(str(name) for name, is_whole in found if not is_whole)
        yield Finding(
            "indexes",
            len(found),
            "indexes",
            len(ill),
            "are not whole, so what they should find may not be found",
            ill[:10],
            advice="reindex index concurrently NAME, in psql",
        )

    @property
    def rebuild(self) -> Write | None:
        return None

    async def close(self) -> None:
        if self._made is not None:
            await hang_up(self._made)

    async def _connection(self) -> Connection:
        if self._made is None:
            try:
                self._made = await self._address.connect(statement_timeout="0")
            except Unreachable as trouble:
                raise Unavailable(str(trouble)) from None
            await self._made.execute("set default_transaction_read_only = on")
        return self._made
