"""From a kind's geometry and a mailing's settings to what stands where, in mm."""

from yibao_cli.compose.flowing import pages_of
from yibao_cli.compose.layout import compose_layout
from yibao_cli.compose.values import Printing, part_values

__all__ = ["Printing", "compose_layout", "pages_of", "part_values"]
