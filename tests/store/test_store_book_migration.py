"""A workspace of before there were delivery points is taken over with everything in it."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from yibao_cli.store import database

OLD = (
    "INSERT INTO addresses (raw, postcode_given, county_given, standard, province, city, county, postcode, "
    "division_code, street_key, level, score, verdict, reasons) "
    "VALUES (:raw, '', '', 's', '', '', '', '', '', '', '', 0.5, 'good', '[]')"
)


def test_entries_of_before_are_kept_and_no_id_is_given_twice(tmp_path):
    engine = database._sqlite(tmp_path / database.FILE_NAME)
    settings = Config()
    settings.set_main_option("script_location", "yibao_cli.store:migrations")
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0002")
        for raw in ("a", "b"):
            connection.execute(text(OLD), {"raw": raw})
    engine.dispose()

    now = database.open_database(tmp_path)

    with now.begin() as connection:
        kept = connection.execute(
            text("SELECT id, raw, verdict, member, point_id, settled FROM addresses")
        ).all()
        connection.execute(text("DELETE FROM addresses WHERE id = 2"))
        connection.execute(
            text(
                OLD.replace("(raw,", "(member, source, added_at, read_key, settled, point_id, raw,").replace(
                    "(:raw", "('', '', '', '', '', 0, :raw"
                )
            ),
            {"raw": "c"},
        )
        ids = connection.execute(text("SELECT id FROM addresses ORDER BY id")).scalars().all()
    assert [tuple(row) for row in kept] == [(1, "a", "good", "", 0, ""), (2, "b", "good", "", 0, "")]
    assert ids == [1, 3]
    assert inspect(now).has_table("points")
    now.dispose()
