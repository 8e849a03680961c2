"""Merge, print, mail and reconcile medical-insurance statements (医保账单)."""

__version__ = "0.1.0"
