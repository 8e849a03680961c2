"""Processes that do the work: a pool, a cluster, a command of its own, the night."""
