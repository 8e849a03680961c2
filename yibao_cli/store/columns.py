"""Columns that are sealed where a database lies on a server and the workspace has a key.

What stands in SQLite is encrypted as a whole file; a server's tables are read by whoever runs the server.
The key hangs on the engine's dialect, which SQLAlchemy gives to every column that is written or read, so that
whoever asks for a column gets what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String, Text
from sqlalchemy.types import TypeDecorator

from yibao_cli.sealed.values import ValueSealer

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Engine
    from sqlalchemy.types import TypeEngine

    from yibao_cli.sealed.keys import Key

_SEALER, _WHOLE = "yibao_sealer", "yibao_whole"


class Sealed(TypeDecorator[str]):
    """Text that names or describes a person.

    domain: what it is; columns that are joined share theirs. findable: it is looked up by `=` or `IN`, or is
    unique: equal texts are then sealed alike. plain: a beginning by which texts are known that a query made.
    length: of the column in SQLite, where it had one before it was sealed elsewhere.
    """

    impl = Text
    cache_ok = True

    def __init__(self, domain: str, *, findable: bool = False, plain: str = "", length: int = 0) -> None:
        super().__init__()
        self.domain, self.findable, self.plain, self.length = domain, findable, plain, length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Sealed it is longer than it is plain."""
        # The type itself: what a dialect makes of it is called VARCHAR by PostgreSQL.
        return Text() if not self.length or dialect.name == "postgresql" else String(self.length)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Nothing where the file is sealed whole: a call for each value doubles what it costs to write."""
        return None if getattr(dialect, _WHOLE, False) else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """As `bind_processor`."""
        return None if getattr(dialect, _WHOLE, False) else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal what goes to the server."""
        sealer = sealer_of(dialect)
        if sealer is None or not value:
            return value
        return sealer.seal(value, self.domain, findable=self.findable)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open what comes from it; CheckFailed where it is not as it was written."""
        sealer = sealer_of(dialect)
        if sealer is None or not value or (self.plain and value.startswith(self.plain)):
            return value
        return sealer.open(value, self.domain)


def sealer_of(dialect: Dialect) -> ValueSealer | None:
    """What seals the columns of a database; None where they are kept as they are."""
    found: ValueSealer | None = getattr(dialect, _SEALER, None)
    return found


def keep_columns(engine: Engine) -> None:
    """Say of a database, before anything is done with it, that it is sealed as a whole file or not at all."""
    setattr(engine.dialect, _WHOLE, True)


def seal_columns(engine: Engine, key: Key) -> None:
    """From here on, seal what goes into the sealed columns of a server's database, and open what comes."""
    setattr(engine.dialect, _SEALER, ValueSealer(key))
