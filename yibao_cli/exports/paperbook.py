"""The workbook of a paper: the same blocks, one below the other on one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.exports import paper as blocks
from yibao_cli.exports.book import PAGE_OF_PAGES, Book

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.exports.paper import Block, Paper
    from yibao_cli.exports.sheet import Sheet


def write_paper_book(path: Path, paper: Paper, name: str) -> None:
    """Write a paper's blocks to a workbook (0600) with one sheet of that name.

    Marks for machines are left out. The blocks and rows of the paper must be lists, as they are read again.
    """
    with (
        Book.to(path, PAGE_OF_PAGES, paper.footer) as book,
        book.sheet(name, portrait=not paper.landscape) as sheet,
    ):
        sheet.line("title", paper.title)
        for subtitle in paper.subtitles:
            sheet.line("note", subtitle)
        for block in paper.blocks:
            _put(sheet, block)


def _put(sheet: Sheet, block: Block) -> None:
    match block:
        case blocks.Heading(text):
            sheet.gap()
            sheet.line("heading", text)
        case blocks.Words(text):
            sheet.line("note", text)
        case blocks.Facts(pairs):
            # As lines of words: in cells they would make the columns of the tables below as wide as they are.
            sheet.gap()
            for name, value in pairs:
                sheet.line("note", f"{name}: {value}")
        case blocks.Table(columns, rows, totals):
            sheet.header(columns)
            for row in rows:
                sheet.row(columns, row)
            for row in totals:
                sheet.row(columns, row, total=True)
        case blocks.Signatures(roles):
            sheet.signatures(roles)
        case _:
            return
