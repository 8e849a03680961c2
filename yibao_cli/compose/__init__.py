"""From a kind's geometry and a mailing's settings to what stands where, in mm."""

from yibao_cli.compose.layout import compose_layout
from yibao_cli.compose.values import part_values

__all__ = ["compose_layout", "part_values"]
