"""The first command: it asks where somebody is there to answer, and takes what is known where nobody is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.cli.terminal import visible, width_of
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.session import Session

Client = Annotated[str, typer.Option("--client", help=_("client, as the statements name it"))]
Address = Annotated[str, typer.Option("--address", help=_("sender's address"))]
Postcode = Annotated[str, typer.Option("--postcode", help=_("sender's postcode"))]
Phone = Annotated[str, typer.Option("--phone", help=_("telephone for questions"))]
Printer = Annotated[str, typer.Option("--printer", help=_("who prints, as it stands on the statement"))]
Product = Annotated[str, typer.Option("--product", help=_("product, such as window-DL; default: the kind's"))]
First = Annotated[str, typer.Option("--mailing", "-m", help=_("first mailing; default: the last quarter"))]
Posting = Annotated[str, typer.Option("--posting", help=_("planned day of posting, YYYY-MM-DD"))]
Local = Annotated[str, typer.Option("--local", help=_("what postcodes of local post begin with: 0500,0501"))]
Tariff = Annotated[str, typer.Option("--tariff", help=_("file with the post's agreed prices"))]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help=_("ask nothing: take the default where nothing is given"))
]


def init_command(
    context: typer.Context,
    folder: opt.Folder,
    kind: opt.Kind = "medical",
    sample: opt.Sample = False,
    client: Client = "",
    address: Address = "",
    postcode: Postcode = "",
    phone: Phone = "",
    printer: Printer = "",
    product: Product = "",
    mailing: First = "",
    posting: Posting = "",
    local: Local = "",
    tariff: Tariff = "",
    yes: Yes = False,
) -> None:
    from yibao_cli.jobs.setup.starting import Order, check_free, init_workspace

    run = session(context)
    check_free(folder)
    names = ("client", "address", "postcode", "phone", "printer", "product", "mailing", "posting", "local")
    values = (client, address, postcode, phone, printer, product, mailing, posting, local)
    given = {k: v for k, v in zip((*names, "tariff"), (*values, tariff), strict=True) if v}
    asks = not (yes or sample or run.view.quiet or run.view.log_json) and _somebody_there()
    if asks:
        source = context.get_parameter_source("kind")
        chosen = {"kind": kind} if source is not None and source.name != "DEFAULT" else {}
        given = _asked(given | chosen, run.today)
    order = Order(given | {"kind": given.get("kind", kind)}, sample, run.today) if given or asks else None
    written = init_workspace(folder, given.get("kind", kind), sample=sample, order=order)
    run.view.say(_("workspace {folder}: {count} files").format(folder=folder, count=len(written)))
    _tell_next(run, folder, sample=sample, told=bool(given.get("client")))


init_command.__doc__ = _(
    """Make a workspace: a folder with yibao.toml, the database, imports and mailings of one client.

    On a terminal it asks for client, sender, kind, product, mailing and tariff; each has an option, too.

    Example: yibao init demo --sample
    Example: yibao init work --client 石家庄市医疗保险中心 --postcode 050011 --mailing 2026Q3"""
)


def _tell_next(run: Session, folder: object, *, sample: bool, told: bool) -> None:
    from yibao_cli.jobs.typed import for_shell

    typed = for_shell(str(folder))
    if sample:
        step = f"yibao -w {typed} import roster {for_shell(f'{folder}/inbox/roster.xlsx')}"
    elif told:
        run.view.say(_("put the client's files into {folder}").format(folder=f"{folder}/inbox"))
        step = f"yibao -w {typed} status"
    else:
        place = f"{folder}/yibao.toml"
        run.view.say(_("next: name the client and the mailing in {file}").format(file=place))
        return
    run.view.say(_("next: {step}").format(step=step))


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(given: dict[str, str], today: str) -> dict[str, str]:
    """Ask for what was not given; an empty answer takes the default. Nothing is written meanwhile."""
    from yibao_cli.jobs.setup.beginning import questions

    found: dict[str, str] = {}
    _say(_("Press Enter for what stands in brackets; Ctrl-C ends, and nothing was made."))
    for question in questions(today):
        default, choices = question.default(found), question.choices(found)
        if question.key not in given and choices:
            _offer(question.text, choices)
        while True:
            text = question.meant(given.get(question.key) or _line(question.text, default), found)
            fault = question.check(text, found)
            if not fault:
                break
            _say(f"  {fault}")
            given.pop(question.key, None)
        found[question.key] = text
    return found


def _offer(text: str, choices: dict[str, str]) -> None:
    """Say what there is to choose from, in columns."""
    widest = max(map(width_of, choices))
    _say(_("{question} (type a number or a name):").format(question=text))
    for number, (choice, words) in enumerate(choices.items(), 1):
        _say(f"  {number:2}  {choice}{' ' * (widest - width_of(choice))}  {words}")


def _line(text: str, default: str) -> str:
    shown = default or _("blank")
    sys.stderr.write(f"{visible(text)} [{visible(shown)}]: ")
    sys.stderr.flush()
    try:
        return input().strip() or default
    except EOFError as error:
        raise typer.Abort from error
    except UnicodeDecodeError:
        return default


def _say(text: str) -> None:
    sys.stderr.write(f"{visible(text)}\n")
