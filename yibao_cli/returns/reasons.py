"""Why a letter came back: our reason codes, and how clerks write them.

No official numeric list was found; the labels are the words of return slips (改退批条). R02, R04, R09,
R10 and R12 are our own wording.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import N_, Word, _
from yibao_cli.kinds.reasons import toml_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

OTHER = "R99"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a return.

    label: what the slip says; synonyms: what clerks write instead; group: what kind of fault it is;
    action: English message id of what to do next.
    """

    code: str
    label: str
    synonyms: tuple[str, ...]
    group: str
    action: str

    def next_action(self) -> str:
        """What to do next, in the language in use."""
        return _(self.action)


_ALL = (
    Reason(
        "R01",
        "原写地址不详",
        ("地址不详", "地址欠详", "地址不清", "书写不清", "名址书写错误", "地址错误"),
        "address",
        N_("ask the employer for the address and hold the piece until it is known"),
    ),
    Reason(
        "R02",
        "查无此址",
        ("无此门牌", "无此地址", "查无此地址", "无此门牌号"),
        "address",
        N_("check the house number with the member"),
    ),
    Reason(
        "R03",
        "原址查无此人",
        ("查无此人", "不住在登记地址", "无此人"),
        "person",
        N_("ask the employer or phone the member"),
    ),
    Reason(
        "R04",
        "原址无此单位",
        ("查无此单位", "无此单位", "单位撤销", "单位已撤销", "单位注销", "单位已注销"),
        "person",
        N_("update the employer"),
    ),
    Reason(
        "R05",
        "迁移新址不明",
        ("迁移", "搬迁", "拆迁", "迁址", "搬走", "搬家"),
        "moved",
        N_("ask the member for the new address"),
    ),
    Reason(
        "R06",
        "收件人拒收",
        ("拒收", "拒绝接收", "拒绝签收"),
        "refusal",
        N_("mail this member nothing more and record the complaint"),
    ),
    Reason(
        "R07",
        "逾期未领",
        ("无人领取", "保管期满", "逾期不领"),
        "unclaimed",
        N_("mail it once more"),
    ),
    Reason(
        "R08",
        "收件人死亡",
        ("已故", "死亡", "去世", "身故"),
        "deceased",
        N_("stop mailing and tell the insurance centre"),
    ),
    Reason(
        "R09",
        "无人接收",
        ("门锁", "锁门", "家中无人", "无信箱", "信箱无", "无人签收"),
        "access",
        N_("mail it once more, or deliver it through the employer"),
    ),
    Reason(
        "R10",
        "邮编或局错",
        ("误分", "邮编错误", "邮编有误", "邮编不符", "错分"),
        "sort",
        N_("correct the postcode and mail it once more"),
    ),
    Reason(
        "R11",
        "欠资",
        ("资费不足", "邮资不足"),
        "postage",
        N_("correct the postage with the post office"),
    ),
    Reason(
        "R12",
        "破损",
        ("污损", "水湿", "损坏"),
        "damage",
        N_("print it again and mail it"),
    ),
    Reason(
        OTHER,
        "其他",
        ("批条不清",),
        "other",
        N_("look at the slip and choose a reason by hand"),
    ),
)

REASONS: dict[str, Reason] = {reason.code: reason for reason in _ALL}


class Wording:
    """How reasons are written: our labels and synonyms, and the words of tables that come after and win.

    tables: reason code -> words, the strongest last. own: the last of all, which also wins over other words
    of the same length.
    """

    def __init__(
        self,
        tables: Iterable[Mapping[str, Iterable[str]]] = (),
        own: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        words = {_folded(word): r.code for r in _ALL for word in (r.label, *r.synonyms)}
        for table in (*tables, own or {}):
            words |= {_folded(word): code for code, some in table.items() for word in some}
        words.pop("", None)
        self._words = tuple(sorted(words.items(), key=lambda pair: (-len(pair[0]), pair[1])))
        self._own = {_folded(word) for some in (own or {}).values() for word in some}
        self._named: dict[str, tuple[str, ...]] = {}

    def known(self, text: str) -> str | None:
        """Code of a reason as a clerk wrote it, or None: a code, a label, any text with a known word in it.

        The text is folded by NFKC and loses its white space. Where several words stand in it, the longest
        counts, as it says the most; where two of one length name two reasons, nothing is known.
        """
        named = self.named(text)
        return named[0] if len(named) == 1 else None

    def named(self, text: str) -> tuple[str, ...]:
        """Codes of the longest known words in a text, in order; several where it says several alike."""
        if text not in self._named:
            self._named[text] = self._found(_folded(text))
        return self._named[text]

    def code(self, text: str) -> str:
        """The reason that is known; R99 where none is."""
        return self.known(text) or OTHER

    def _found(self, folded: str) -> tuple[str, ...]:
        if folded in REASONS:
            return (folded,)
        standing = [pair for pair in self._words if pair[0] in folded]
        longest = [pair for pair in standing if len(pair[0]) == len(standing[0][0])]
        own = [pair for pair in longest if pair[0] in self._own]
        return tuple(sorted({code for _word, code in own or longest}))


def reason_word(code: str) -> Word:
    """A code with what the slip says behind it, for people; a code we do not know alone."""
    return Word(code, f"{code} {REASONS[code].label}" if code in REASONS else code)


def load_wording(*files: Path, own: Path | None = None) -> Wording:
    """The words of these files, the strongest last, and the client's own; a file that is not there has none.

    Raises SettingsError for a file that is not of the form `[words] R05 = ["..."]`.
    """
    return Wording(list(_tables(files)), next(_tables([own] if own else []), None))


def _tables(files: Iterable[Path]) -> Iterator[Mapping[str, list[str]]]:
    for path in files:
        if not path.is_file():
            continue
        try:
            words = tomllib.loads(path.read_text(encoding="utf-8")).get("words", {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _faulty(path, _("not valid TOML: {reason}").format(reason=toml_fault(error))) from error
        if not isinstance(words, dict) or not all(map(_is_row, words.items())):
            raise _faulty(path, _("its table [words] must hold lines of the form R05 = [word, word]"))
        yield words


def _is_row(row: tuple[object, object]) -> bool:
    code, words = row
    return code in REASONS and isinstance(words, list) and all(isinstance(w, str) for w in words)


def _faulty(path: Path, message: str) -> SettingsError:
    return SettingsError(message, where=path.name, remedy=_("correct it, see docs/returns.md"))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
