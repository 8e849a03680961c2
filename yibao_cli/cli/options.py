"""Every option and argument, declared once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yibao_cli.cli import completion
from yibao_cli.i18n import _


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


Folder = Annotated[Path, typer.Argument(help=_("the folder"), show_default=False)]
# Whether a file can be read is asked by the job, which ends with the exit code of a missing input.
Files = Annotated[
    list[Path], typer.Argument(help=_("files, or a folder of them"), show_default=False, readable=False)
]
File = Annotated[Path, typer.Argument(help=_("the file"), show_default=False, readable=False)]
Mailing = Annotated[
    str,
    typer.Argument(
        help=_("the mailing, such as 2026Q3; default: the current one"), autocompletion=completion.mailings
    ),
]
MailingOption = Annotated[
    str,
    typer.Option(
        "--mailing",
        "-m",
        help=_("the mailing, such as 2026Q3; default: the current one"),
        autocompletion=completion.mailings,
    ),
]
Kind = Annotated[str, typer.Option("--kind", help=_("statement kind"), autocompletion=completion.kinds)]
KindName = Annotated[
    str, typer.Argument(help=_("statement kind"), show_default=False, autocompletion=completion.kinds)
]
AnyKind = Annotated[
    str,
    typer.Argument(
        help=_("statement kind; default: those of the workspace"),
        show_default=False,
        autocompletion=completion.kinds,
    ),
]
FromKind = Annotated[
    str,
    typer.Option("--from", help=_("the statement kind to begin with"), autocompletion=completion.kinds),
]
Override = Annotated[
    bool,
    typer.Option("--override", help=_("take the name of a shipped kind, and its place in this workspace")),
]
PictureFile = Annotated[
    Path | None, typer.Option("-o", "--output", help=_("the picture, a .png; default: NAME.png"))
]
Sample = Annotated[bool, typer.Option("--sample", help=_("put the sample data of a city into the inbox"))]
Sheet = Annotated[str, typer.Option("--sheet", help=_("read only this sheet"))]
Encoding = Annotated[
    str,
    typer.Option("--encoding", help=_("encoding of text files, such as gb18030, when it is not found out")),
]
HeaderMap = Annotated[
    list[str], typer.Option("--map", help=_("a column the tool does not know: 'Excel header=field'"))
]
ForgetMap = Annotated[
    bool, typer.Option("--forget-map", help=_("forget first what earlier --map said about this table"))
]
Replaces = Annotated[
    str, typer.Option("--replaces", help=_("the earlier file that this one corrects, where its name differs"))
]
Expect = Annotated[
    list[str],
    typer.Option("--expect", help=_("what the client states: rows=2719, or a sum: closing=12345.67")),
]
ControlFile = Annotated[
    Path | None,
    typer.Option("--control", help=_("file with the client's own totals, see docs/files.md"), readable=False),
]
AnnotatedFolder = Annotated[
    Path | None,
    typer.Option("--annotated", help=_("folder for the client's own sheets with the faulty cells marked")),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help=_("file whose first line opens workbooks with a password"), readable=False
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("read and check, keep nothing"))]
FindingsFile = Annotated[
    Path | None, typer.Option("--findings", help=_("write the findings here too, as .xlsx or .csv"))
]
FontsOnly = Annotated[
    bool, typer.Option("--fonts", help=_("only what each font draws of the Chinese character sets"))
]
Part = Annotated[int, typer.Option("--part", min=0, help=_("only this part"))]
Workers = Annotated[int, typer.Option("--workers", min=0, help=_("processes; 0: one a processor"))]
Cluster = Annotated[
    str,
    typer.Option(
        "--cluster",
        help=_("a Dask cluster: tcp://HOST:PORT, tls://HOST:PORT, local:2, or off"),
        metavar="ADDRESS",
    ),
]
Where = Annotated[
    str,
    typer.Option(
        "--where", help=_("whom to mail, as a condition over the member's fields: \"category == '退休'\"")
    ),
]
First = Annotated[
    str,
    typer.Option(
        "--first",
        help=_("whose pieces come before all others, as a condition: \"category == '退休'\""),
    ),
]
Against = Annotated[
    Path | None,
    typer.Option(
        "--against",
        help=_("the client's own totals by group, a workbook or csv, which all sums must tie to"),
        readable=False,
    ),
]
Full = Annotated[
    bool, typer.Option("--full", help=_("read every page by PDFium and pixels too, not a sample alone"))
]
Count = Annotated[int, typer.Option("-n", "--count", min=1, max=500, help=_("pieces, at least"))]
Seed = Annotated[int, typer.Option("--seed", help=_("seed of the random sample"))]
PostedOn = Annotated[
    str, typer.Option("--posted", help=_("day of posting, YYYY-MM-DD; default: the planned day"))
]
LabelSheet = Annotated[str, typer.Option("--sheet", help=_("sheet of labels, as templates/labels names it"))]
Output = Annotated[str, typer.Option("-o", "--output", help=_("file, or - for stdout"))]
FormatOption = Annotated[Format, typer.Option("-f", "--format", help=_("how rows are written"))]
Members = Annotated[int, typer.Option("--members", min=200, help=_("members on the roster"))]
LinesPerMember = Annotated[
    int | None,
    typer.Option("--lines-per-member", min=1, help=_("transactions of a member on average, medical only")),
]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("-w", "--workspace", help=_("the workspace; default: the current folder or its parents")),
]
Language = Annotated[str | None, typer.Option("--lang", help=_("language of messages: zh or en"))]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help=_("say nothing but what is wrong"))]
LogJson = Annotated[bool, typer.Option("--log-json", help=_("messages as JSON lines, for programs"))]
Now = Annotated[
    datetime | None,
    typer.Option("--now", formats=["%Y-%m-%d"], help=_("take this day for today, for reproducible runs")),
]
Version = Annotated[bool, typer.Option("--version", help=_("show the version and end"))]
Table = Annotated[
    str,
    typer.Argument(
        help=_("roster, employers, balances, transactions, contracts ..."),
        show_default=False,
        autocompletion=completion.tables,
    ),
]
InputFile = Annotated[str, typer.Argument(help=_("the file, or - for stdin"))]
Form = Annotated[
    str, typer.Option("--form", help=_("form of the numbers: s10, cn13 or num13; default: the setting"))
]
Code = Annotated[
    str,
    typer.Argument(
        help=_("piece number, sheet code, tracking number, bundle-12 or bag-3"), show_default=False
    ),
]
Pieces = Annotated[
    str, typer.Option("--pieces", help=_("piece numbers with commas between, or a file of numbers or codes"))
]
ReprintReason = Annotated[
    str, typer.Option("--reason", help=_("why: spoiled, jam, missing, remail or other"))
]
Remark = Annotated[str, typer.Option("--remark", help=_("what else is to be known"))]
Approve = Annotated[int, typer.Option("--approve", min=0, help=_("sign this request, and print"))]
Refuse = Annotated[int, typer.Option("--refuse", min=0, help=_("refuse this request"))]
By = Annotated[str, typer.Option("--by", help=_("who does it; default: YIBAO_USER, or the system's user"))]
FirstDay = Annotated[
    str, typer.Option("--day", help=_("first day of the delivery, YYYY-MM-DD; default: the day of posting"))
]
Appointments = Annotated[
    Path | None,
    typer.Option("--appointments", help=_("take in this file of appointments first"), readable=False),
]
AsOf = Annotated[str, typer.Option("--as-of", help=_("day of the account, YYYY-MM-DD; default: today"))]
StationName = Annotated[str, typer.Option("--station", help=_("name of this scanner; default: you"))]
NoticeFile = Annotated[
    Path | None, typer.Option("--notice", help=_("write the newspaper notice 登报公告 here, as .txt"))
]
