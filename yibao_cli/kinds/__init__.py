"""Statement kinds: what `templates/<kind>/` declares, loaded and checked."""

from yibao_cli.kinds.kind import Kind
from yibao_cli.kinds.loading import Shelf, load_kind, load_product

__all__ = ["Kind", "Shelf", "load_kind", "load_product"]
