"""Statement kinds: what `templates/<kind>/` declares, loaded and checked."""

from yibao_cli.kinds.kind import Kind, load_kind, load_product

__all__ = ["Kind", "load_kind", "load_product"]
