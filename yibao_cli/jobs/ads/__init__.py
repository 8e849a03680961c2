"""Advertisements: contracts, law, plan, response codes, proof and settlement."""
