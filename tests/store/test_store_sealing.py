"""A server's tables under a key: nothing of a person stands there in plain, and everything is found again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import String, Text, func, inspect, select
from sqlalchemy.exc import IntegrityError

from servers import postgres_programs
from yibao_cli.errors import CheckFailed, SettingsError, StateError
from yibao_cli.sealed.keys import new_key
from yibao_cli.sealed.values import FINDABLE, RANDOM
from yibao_cli.store import book, columns, sealing
from yibao_cli.store.database import open_database, open_unkeyed, reading
from yibao_cli.store.schema import address_history, addresses, metadata, points, settlements

needs_postgres = pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed here")

# Every column of text that is kept as it is, and why nobody is named in it. A new one is decided upon here.
PLAIN = {
    "ids, days, words of ours": """
        accounts.as_of accounts.at accounts.mailing ad_approvals.at ad_approvals.contract ad_approvals.fingerprint
        ad_approvals.rule ad_invoices.contract ad_invoices.due_on ad_invoices.issued_on ad_invoices.mailing
        ad_makegoods.contract ad_makegoods.mailing ad_makegoods.used_in ad_payments.paid_on ad_payments.reference
        ad_scans.code ad_scans.mailing ad_scans.scanned_at address_history.action address_history.at
        addresses.added_at addresses.level addresses.settled addresses.verdict appointments.day
        appointments.mailing appointments.time audit.at audit.command audit.hash audit.mailing audit.previous
        compensations.approved_on compensations.asked_on complaints.channel complaints.class complaints.closed_on
        complaints.due_on complaints.kind complaints.mailing complaints.opened_on complaints.piece complaints.stage enquiries.asker
        enquiries.at events.at events.day events.event events.mailing events.scope events.subject handovers.day
        handovers.mailing handovers.mode imports.imported_at imports.mailing imports.options imports.path
        imports.sha256 imports.table_name intake.at intake.mailing intake.outcome intake.picture intake.piece
        intake.reason intake.returned_on intake.way mailings.id mailings.kind mailings.package_sha256
        mailings.posted_on mailings.state number_blocks.form number_blocks.prefix number_blocks.suffix
        number_blocks.used_on package_approvals.at package_approvals.mailing package_approvals.package_sha256
        package_approvals.proof_sha256 pieces.mailing pieces.piece points.precision points.returned
        points.returned_on points.suppressed points.suppressed_on receipts.day receipts.mailing receipts.scope
        receipts.subject receipts.time remails.mailing remails.piece remails.posted_on remails.queued_at
        remails.reason reprint_pieces.mailing reprint_pieces.piece reprints.checked_at reprints.made_at
        reprints.mailing reprints.reason reprints.state returns.at returns.mailing returns.piece returns.reason
        returns.returned_on sealing.key settlements.at settlements.decision settlements.rules survey_calls.accurate
        survey_calls.address_right survey_calls.called_on survey_calls.outcome survey_calls.piece
        survey_calls.received surveys.drawn_on surveys.mailing tracking_numbers.assigned_on
        tracking_numbers.mailing tracking_numbers.number tracking_numbers.piece
    """,
    "a county, a delivery office, a city: thousands live there": """
        addresses.city addresses.county addresses.division_code addresses.postcode addresses.province
        pieces.county points.county points.division_code points.postcode remails.postcode settlements.postcode
        survey_calls.stratum surveys.strata
    """,
    "who works here": """
        accounts.operator ad_approvals.operator ad_payments.operator address_history.operator audit.operator
        compensations.approved_by compensations.asked_by complaints.closed_by complaints.operator
        enquiries.operator events.operator intake.operator intake.station package_approvals.checker
        package_approvals.maker remails.operator reprints.checker reprints.maker returns.station
        settlements.operator surveys.operator
    """,
    "files and the places in them; masked": """
        ad_scans.file_name address_history.source addresses.source appointments.file_name imports.file_name
        intake.shown intake.source number_blocks.file_name receipts.file_name returns.file_name
    """,
    "organisations": "ad_invoices.advertiser ad_payments.advertiser appointments.employer_no handovers.employer_no"
    " pieces.employer_no",
    "counts and hashes": "accounts.figures audit.facts events.facts imports.sheets imports.totals",
    "words about an advertisement": "ad_approvals.why",
}


@pytest.fixture
def url(server, request):
    """A new database."""
    return server.database(f"d{abs(hash(request.node.name))}")


def entry(number, raw="桥西区中山路188号1单元", **changes):
    plain = dict.fromkeys(("province", "city", "county", "postcode", "division_code", "level", "verdict"), "")
    sealed = {
        "raw": raw,
        "postcode_given": "13912345678",
        "county_given": "桥西区",
        "standard": f"河北省{raw}",
    }
    more = {"street_key": f"中山路{number}", "reasons": '[["A118", {"county": "桥西区"}]]', "score": 0.5}
    keys = {
        "member": "",
        "read_key": f"key {number}",
        "point_id": number,
        "settled": "",
        "source": "",
        "added_at": "",
    }
    return {**plain, **sealed, **more, **keys, **changes}


def point(number, key="中山路188号"):
    names = [
        c.name
        for c in points.columns
        if c.name not in {"id", "suppressed", "suppressed_on", "returned", "returned_on"}
    ]
    return {
        name: f"{name} {number}" if name not in {"division_code", "postcode"} else "" for name in names
    } | {
        "key": f"{key}{number}",
        "standard": f"河北省石家庄市{key}{number}",
        "precision": "room",
        "street_key": f"{9 - number}",
    }


def fill(engine):
    with engine.begin() as connection:
        book.add_entries(
            connection, [entry(1), entry(2, raw="裕华区建设大街9号"), entry(3, member="person_no=17")]
        )
        book.add_points(connection, [point(1), point(2), point(3, "建设大街")])
        book.settle(
            connection,
            book.Settlement("key 1", "", "corrected", ("A118",), "新华路7号", "050000", "li", "2026"),
        )
        book.remember(
            connection,
            [book.Change("2026", "li", "corrected", 1, 1, "", "本人来电", {"a": "旧址"}, {"a": "新址"})],
        )


def said(engine):
    """All rows as the program reads them."""
    with reading(engine) as connection:
        return {
            t.name: sorted(map(repr, connection.execute(select(t)).all())) for t in metadata.sorted_tables
        }


def stored(url):
    """All text of the database as the server's administrator reads it."""
    engine = open_unkeyed(Path(), url)
    with engine.connect() as connection:
        found = [
            value
            for table in inspect(connection).get_table_names()
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')
            for value in row
            if isinstance(value, str)
        ]
    engine.dispose()
    return found


WORDS = ("中山", "建设大街", "13912345678", "新华路", "本人来电", "旧址", "新址", "person_no", "key 1")


def seen(url):
    return {word for word in WORDS for value in stored(url) if word in value}


def test_every_column_of_text_is_sealed_or_decided_to_be_plain():
    found = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, columns.Sealed)
        and (isinstance(column.type, (String, Text)) or column.type.__class__.__name__ == "JSON")
    }

    assert found == {name for names in PLAIN.values() for name in names.split()}


@needs_postgres
def test_under_a_key_the_server_holds_nothing_of_a_person(url, tmp_path):
    plain = open_database(tmp_path, url)
    fill(plain)
    plain.dispose()
    assert seen(url) == set(WORDS)

    key = new_key()
    engine = open_unkeyed(tmp_path, url)
    assert sealing.reseal_tables(engine, None, key) > 0
    engine.dispose()

    assert seen(url) == set()


@needs_postgres
def test_what_is_sealed_is_looked_up_joined_and_kept_apart(url, tmp_path):
    engine = open_database(tmp_path, url, new_key())
    fill(engine)

    assert seen(url) == set()
    with engine.connect() as connection:
        row = book.find_entry(connection, ("桥西区中山路188号1单元", "13912345678", "桥西区"))
        assert (row.id, row.standard, row.reasons) == (
            1,
            "河北省桥西区中山路188号1单元",
            '[["A118", {"county": "桥西区"}]]',
        )
        assert (
            book.find_entry(
                connection, ("桥西区中山路188号1单元", "13912345678", "桥西区"), "person_no=17"
            ).id
            == 3
        )
        assert [r.id for r in book.stored_entries(connection, ["裕华区建设大街9号"])] == [2]
        assert book.points_of(connection, ["中山路188号2", "no such"]) == {"中山路188号2": (2, "7")}
        assert book.search(connection, "石家庄 中山路", 9) == [2, 1]  # by street
        assert book.search(connection, "裕华区", 9) == [2]  # by a writing that leads there
        assert book.search(connection, "石家庄", 1) == [3]
        joined = addresses.join(settlements, addresses.c.read_key == settlements.c.read_key)
        assert connection.execute(select(addresses.c.id, settlements.c.text).select_from(joined)).all() == [
            (1, "新华路7号")
        ]
        assert book.settlement(connection, "key 1", "").text == "新华路7号"
        assert next(book.history(connection, [1], [1])).after == {"a": "新址"}
        book.change_point(connection, 1, {"suppressed": "moved", "suppressed_on": "2026-10-01"})
        assert book.entry(connection, 1).reasons == '[["A131", {"suppressed": "moved", "day": "2026-10-01"}]]'
    with engine.connect() as connection, pytest.raises(IntegrityError):
        book.add_entries(connection, [entry(1)])
    engine.dispose()


@needs_postgres
def test_the_same_enquiry_is_logged_once_under_a_key_too(url, tmp_path):
    engine = open_database(tmp_path, url, new_key())
    asked = {"at": "2026-10-01T00", "operator": "li", "address_id": 1, "point_id": 1, "asker": "family"}

    with engine.begin() as connection:
        found = [
            book.add_enquiry(connection, {**asked, "question": q, "answer": "好"})
            for q in ("何时到", "何时到", "在哪")
        ]

    assert found == [True, False, True]
    engine.dispose()


@needs_postgres
def test_from_plain_to_a_key_to_another_and_back_every_row_is_what_it_was(url, tmp_path):
    one, other = new_key(), new_key()
    plain = open_database(tmp_path, url)
    fill(plain)
    before = said(plain)

    for old, new in ((None, one), (one, other), (other, None)):
        assert sealing.reseal_tables(plain, old, new) > 0
        assert sealing.reseal_tables(plain, old, new) == 0
        engine = open_database(tmp_path, url, new)
        assert {**said(engine), "sealing": []} == before
        engine.dispose()
        marks = {value[:4] for value in stored(url) if value[:4] in {FINDABLE, RANDOM}}
        assert marks == ({FINDABLE, RANDOM} if new else set())
    plain.dispose()


@needs_postgres
def test_a_change_that_was_killed_left_every_row_as_it_was(url, tmp_path, monkeypatch):
    key = new_key()
    plain = open_database(tmp_path, url)
    fill(plain)
    before, calls = said(plain), iter(range(4))
    real = sealing._resealed

    def killed(*arguments):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(sealing, "_resealed", killed)
    with pytest.raises(KeyboardInterrupt):
        sealing.reseal_tables(plain, None, key)

    assert said(plain) == before
    assert seen(url) == set(WORDS)
    plain.dispose()


@needs_postgres
def test_a_missing_another_and_a_late_key_are_told_apart_and_change_nothing(url, tmp_path):
    open_database(tmp_path, url, key := new_key()).dispose()  # empty: the key is taken
    before = stored(url)

    with pytest.raises(SettingsError, match=key.id.hex()):
        open_database(tmp_path, url)
    with pytest.raises(SettingsError, match=key.id.hex()):
        open_database(tmp_path, url, new_key())
    engine = open_unkeyed(tmp_path, url)
    with pytest.raises(SettingsError, match=key.id.hex()):
        sealing.reseal_tables(engine, new_key(), new_key())
    engine.dispose()
    assert stored(url) == before


@needs_postgres
def test_plain_rows_wait_until_they_are_sealed(url, tmp_path):
    plain = open_database(tmp_path, url)
    fill(plain)

    with pytest.raises(StateError):
        open_database(tmp_path, url, new_key())
    plain.dispose()


@needs_postgres
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE addresses SET raw = 'plain' WHERE id = 2",
        "UPDATE addresses SET standard = left(standard, -4) || 'AAAA' WHERE id = 2",
        "UPDATE points SET town = road",
        "UPDATE settlements SET text = 'yb2.AAAA'",
    ],
)
def test_a_value_that_was_changed_on_the_server_is_told(url, tmp_path, change):
    engine = open_database(tmp_path, url, new_key())
    fill(engine)
    with reading(engine) as connection:
        assert sealing.check_tables(connection) == 8

    with engine.begin() as connection:
        connection.exec_driver_sql(change)
    with reading(engine) as connection, pytest.raises(CheckFailed):
        sealing.check_tables(connection)
    engine.dispose()


@needs_postgres
def test_sealed_tables_that_lost_their_mark_are_not_sealed_twice(url, tmp_path):
    engine = open_database(tmp_path, url, key := new_key())
    fill(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sealing")
    engine.dispose()

    with pytest.raises(StateError):
        open_database(tmp_path, url, key)
    engine = open_unkeyed(tmp_path, url)
    with pytest.raises(CheckFailed):
        sealing.reseal_tables(engine, None, key)
    engine.dispose()


def test_sqlite_keeps_its_columns_as_they_are(tmp_path):
    engine = open_database(tmp_path, key=new_key())
    fill(engine)

    with reading(engine) as connection:
        assert (
            connection.exec_driver_sql("SELECT raw FROM addresses WHERE id = 2").scalar()
            == "裕华区建设大街9号"
        )
        assert connection.execute(select(func.count()).select_from(address_history)).scalar() == 1
    engine.dispose()
