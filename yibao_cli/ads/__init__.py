"""Ads 广告: contracts, artwork, and which panel each piece bears."""

from yibao_cli.ads.assign import Assigner, Audience
from yibao_cli.ads.contracts import Contract, twice_contracted, usable_contracts

__all__ = ["Assigner", "Audience", "Contract", "twice_contracted", "usable_contracts"]
