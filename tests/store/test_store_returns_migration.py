"""Returns recorded before copies were told apart are taken over as returns of the first copy."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from yibao_cli.store import database


def test_returns_of_before_are_kept_with_the_entry_that_was_used(tmp_path):
    engine = database._sqlite(tmp_path / database.FILE_NAME)
    settings = Config()
    settings.set_main_option("script_location", "yibao_cli.store:migrations")
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0003")
        connection.execute(
            text("INSERT INTO mailings VALUES ('2026Q3', 'medical', 'posted', '', '2026-10-08')")
        )
        connection.execute(
            text("INSERT INTO pieces VALUES ('2026Q3', '00000170', 1, 1, 0, 42, '长安区', '')")
        )
        connection.execute(
            text("INSERT INTO returns VALUES ('2026Q3', '00000170', '2026-10-20', 'R05', 'r.xlsx', 7)")
        )
    engine.dispose()

    now = database.open_database(tmp_path)

    with now.begin() as connection:
        kept = connection.execute(
            text("SELECT piece, copy, reason, src_row, address_id, marked FROM returns")
        ).all()
    assert [tuple(row) for row in kept] == [("00000170", 0, "R05", 7, 42, 1)]
    now.dispose()
