"""Imports, address book, contracts and settings become the frozen package."""
