"""What all papers of a posting share: what stands above them, and the words of their columns.

They go to the post and stay Chinese whatever the language of the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

LOCAL, DISTANT = "本埠", "外埠"
UNNAMED = "(未注明)"  # the county of a piece that has none
LOOSE_NAME = "散件"  # pieces that no level took
MIXED = "混合"  # a bundle or bag that has no one destination


@dataclass(frozen=True, slots=True)
class PostingInfo:
    """What stands above a paper: mailing id, client, product, name of the postage line, ISO day."""

    mailing: str
    client: str
    product: str
    line: str
    posted_on: str
