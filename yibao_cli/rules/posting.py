"""Posting: sorting, labels, lists."""

from __future__ import annotations

from yibao_cli.i18n import N_
from yibao_cli.rules.catalogue import Severity, declare

declare(
    "M101",
    Severity.WARN,
    N_("{loose} of {pieces} pieces have no bundle of a level; {scheme} allows {limit}"),
    N_("add a coarser level to the scheme, lower its minimum, or raise `loose` if the post agrees"),
    "大宗函件: 3 % of the pieces go to codes with fewer than ten",
)
declare(
    "M102",
    Severity.NOTE,
    N_("the post's table of walks covers {count} pieces not at all, or twice; they go by their office"),
    N_("see with `yibao address walks` which, and ask the post"),
    "a new road that 投递段表 does not name yet",
)
declare(
    "M103",
    Severity.NOTE,
    N_("{count} bundles have fewer pieces than the minimum of their level"),
    N_("nothing where the post allows a short last bundle; else let the remainder go up"),
    "53 and 52 pieces where the minimum is 100 and the destination has 105",
)

declare(
    "M104",
    Severity.NOTE,
    N_("{scheme} lets a bundle have {wanted} pieces, a print file only {most}; {count} bundles end there"),
    N_("raise `pieces_per_part` under [render] if bundles should be larger; nothing if the post takes these"),
    "trays of 500 pieces, and print files of 200",
)

declare(
    "M120",
    Severity.WARN,
    N_("no font draws {characters}: papers for the post show an empty box there"),
    N_("name a font that has them as a fallback under `[fonts]`, or write them in by hand"),
    "a rare character of a name, on the posting list",
)
