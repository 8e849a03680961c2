"""What lives on: the tables of the database, through SQLAlchemy Core.

A column of type `Sealed` names or describes a person: on a server it is encrypted where there is a key.
Changes come by a migration in `migrations/versions/`, never by editing a released one.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from yibao_cli.store import ads_schema, post_schema, surveys_schema
from yibao_cli.store.columns import Sealed

metadata = post_schema.metadata
_LOADED = ads_schema, surveys_schema  # by which their tables are known to it as well

mailings = Table(
    "mailings",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(20), nullable=False),  # merged, rendered, verified, posted
    Column("package_sha256", String(64), nullable=False),
    Column("posted_on", String(10), nullable=False, default=""),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", String(20), nullable=False, index=True),
    Column("table_name", String(40), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("options", Text, nullable=False),  # how it was read, part of what makes an import the same
    Column("path", Text, nullable=False),  # folder of its Parquet files, relative to the workspace
    Column("rows_in", Integer, nullable=False),
    Column("rows_kept", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("totals", JSON, nullable=False),  # money field -> sum in fen
    Column("imported_at", String(32), nullable=False),
    Column("superseded", Boolean, nullable=False, default=False),
    Column("sheets", JSON, nullable=False, server_default=text("'[]'")),  # control totals, a list of objects
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("raw", Sealed("address as written", findable=True), nullable=False),
    Column("postcode_given", Sealed("postcode as written", findable=True, length=12), nullable=False),
    Column("county_given", Sealed("county as written", findable=True), nullable=False),
    Column("standard", Sealed("address"), nullable=False),
    Column("province", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("county", Text, nullable=False),
    Column("postcode", String(6), nullable=False),
    Column("division_code", String(12), nullable=False),
    Column("street_key", Sealed("street"), nullable=False),
    Column("level", String(20), nullable=False),
    Column("score", Float, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("reasons", Sealed("reasons", plain="["), nullable=False),  # JSON: [[rule id, details], ...]
    # "" for whoever writes it; `person_no=17` where a person gave this member another door
    Column("member", Sealed("member", findable=True), nullable=False, default=""),
    Column("point_id", Integer, nullable=False, default=0, index=True),  # 0: written before there were points
    Column(
        "read_key", Sealed("point", findable=True), nullable=False, default="", index=True
    ),  # key of the point as it was read
    Column("settled", String(10), nullable=False, default=""),  # accepted, corrected or held by a person
    Column("source", Text, nullable=False, default=""),  # file it first came from
    Column("added_at", String(32), nullable=False, default=""),
    UniqueConstraint("raw", "postcode_given", "county_given", "member", name="one_entry_a_writing"),
    sqlite_autoincrement=True,  # pieces and the history name entries by id; none is ever given twice
)

points = Table(
    "points",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Sealed("point", findable=True), nullable=False, unique=True),  # address.points.point_key
    Column("standard", Sealed("address"), nullable=False),
    Column("county", Text, nullable=False),
    Column("town", Sealed("town"), nullable=False),
    Column("village", Sealed("village"), nullable=False),
    Column("road", Sealed("road"), nullable=False),
    Column("road_no", Sealed("road number"), nullable=False),
    Column("poi", Sealed("place"), nullable=False),
    Column("building", Sealed("building"), nullable=False),
    Column("division_code", String(12), nullable=False),
    Column("postcode", String(6), nullable=False),
    Column("street_key", Sealed("street"), nullable=False),
    Column("precision", String(10), nullable=False),  # room, building, house or area
    Column("suppressed", String(20), nullable=False, default=""),  # why nothing is sent there
    Column("suppressed_on", String(10), nullable=False, default=""),
    Column("returned", String(3), nullable=False, default=""),  # reason of the return nobody has settled
    Column("returned_on", String(10), nullable=False, default=""),
)

settlements = Table(
    "settlements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("read_key", Sealed("point", findable=True), nullable=False),
    Column("member", Sealed("member", findable=True), nullable=False),
    Column("decision", String(10), nullable=False),  # accepted, corrected, held
    Column("rules", Text, nullable=False),  # JSON: ids of the rules the person looked at
    Column("text", Sealed("address"), nullable=False),  # the address a person gave
    Column("postcode", String(6), nullable=False),
    Column("operator", Text, nullable=False),
    Column("at", String(32), nullable=False),
    UniqueConstraint("read_key", "member", name="one_settlement_a_point"),
)

address_history = Table(
    "address_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("address_id", Integer, nullable=False, index=True),  # 0: the point as a whole
    Column("point_id", Integer, nullable=False, index=True),
    Column("source", Text, nullable=False),  # file or return it comes from
    Column("why", Sealed("words"), nullable=False),
    Column("before", Sealed("change"), nullable=False),  # JSON: what changed, as it was
    Column("after", Sealed("change"), nullable=False),  # JSON
)

enquiries = Table(
    "enquiries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("address_id", Integer, nullable=False, index=True),
    Column("point_id", Integer, nullable=False),
    Column("asker", String(20), nullable=False),  # member, family, employer, community, post, other
    Column("question", Sealed("words"), nullable=False),
    Column("answer", Sealed("words"), nullable=False),
)

pieces = Table(
    "pieces",
    metadata,
    Column("mailing", String(20), ForeignKey("mailings.id"), primary_key=True),
    Column("piece", String(12), primary_key=True),
    Column("part", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("copy", Integer, nullable=False, default=0),
    Column("address_id", Integer, nullable=False),
    Column("county", Text, nullable=False),
    Column("employer_no", Text, nullable=False),
)

returns = Table(
    "returns",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("piece", String(12), primary_key=True),
    Column("copy", Integer, primary_key=True, autoincrement=False),
    Column("returned_on", String(10), nullable=False),
    Column("reason", String(3), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("src_row", Integer, nullable=False),
    Column("station", Text, nullable=False, server_default=""),
    Column("at", String(32), nullable=False, server_default=""),
    # entry of the address book that the copy was sent to
    Column("address_id", Integer, nullable=False, server_default="0"),
    Column("marked", Boolean, nullable=False, server_default=text("false")),  # in the address book
)

# Every scan, and every row or picture that was refused and waits for a person.
intake = Table(
    "intake",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("way", String(10), nullable=False),  # scan, list, picture
    Column("source", Text, nullable=False),  # file and place in it
    Column("mailing", String(20), nullable=False, index=True),
    Column("piece", String(12), nullable=False),
    Column("copy", Integer, nullable=False),
    Column("returned_on", String(10), nullable=False),
    Column("reason", String(3), nullable=False),
    Column("outcome", String(10), nullable=False),  # accepted, undone, settled, or the rule that refused it
    Column("shown", Text, nullable=False),  # what was read, masked
    Column("picture", Text, nullable=False),  # thumbnail, relative to the workspace
    sqlite_autoincrement=True,
)

remails = Table(
    "remails",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("piece", String(12), primary_key=True),
    Column("copy", Integer, primary_key=True, autoincrement=False),
    Column("reason", String(3), nullable=False),  # why the copy before it came back
    Column("address_id", Integer, nullable=False),  # entry that it goes to
    Column("address", Sealed("address"), nullable=False),
    Column("postcode", String(6), nullable=False),
    Column("queued_at", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("posted_on", String(10), nullable=False, server_default=""),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", String(20), nullable=False, index=True),
    Column("as_of", String(10), nullable=False),
    Column("at", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("figures", Text, nullable=False),  # JSON: state -> pieces
)

package_approvals = Table(
    "package_approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", String(20), nullable=False, index=True),
    Column("package_sha256", String(64), nullable=False),  # of another package the approval says nothing
    Column("proof_sha256", String(64), nullable=False),
    Column("maker", Text, nullable=False),
    Column("checker", Text, nullable=False),
    Column("at", String(32), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("mailing", String(20), nullable=False),
    Column("facts", Text, nullable=False),  # JSON: counts and hashes, no personal data
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# On a server: the id of the key that its columns are sealed by; no row where they are plain.
sealing = Table(
    "sealing",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", String(16), nullable=False),
)

Index("pieces_by_position", pieces.c.mailing, pieces.c.position)
Index("audit_by_mailing", audit.c.mailing, audit.c.seq)
