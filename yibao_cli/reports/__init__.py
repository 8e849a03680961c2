"""Rows and pictures about a mailing; no new facts.

findings    what is wrong, as workbook and csv, for the people who will put it right
rules_page  the catalogue of rules as a page of the manual
"""
