"""Pictures that others drew: whether a PDF, PNG, JPEG or SVG can be printed, and of what it is made.

Ads and statement kinds both judge pictures, and `render` draws them; so this stands below all three.
"""
