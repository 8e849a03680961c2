"""Files that people take away: csv and workbooks in which data is text, private, the same bytes each time.

text   safe cells and csv
book   workbooks ready for A4 paper
paper  lists and forms as records, which `render.paper` draws
marked  a client's own sheet with the faulty cells marked

Stages write their lists through this package, so that a formula in somebody's name is text everywhere.
"""

from yibao_cli.exports.book import Book
from yibao_cli.exports.columns import Cell, Column, Kind
from yibao_cli.exports.sheet import Sheet
from yibao_cli.exports.text import frame_rows, open_private, safe_text, write_csv, write_csv_rows

__all__ = [
    "Book",
    "Cell",
    "Column",
    "Kind",
    "Sheet",
    "frame_rows",
    "open_private",
    "safe_text",
    "write_csv",
    "write_csv_rows",
]
