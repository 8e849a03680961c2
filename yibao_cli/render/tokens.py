"""The tokens of a content stream, as parts of regular expressions. Source: ISO 32000-2, 7.2, 7.3."""

from __future__ import annotations

# Possessive quantifiers stand on single characters only: on groups they go wrong before Python 3.11.5
# (gh-106052), which is what Debian 12 has.
SPACE = "\0\t\n\f\r "
W = rf"[{SPACE}]"
# Whether it is a number is for `float` to say.
N = r"[-+.0-9]++"
NAME = r"/([^\0\t\n\f\r ()<>\[\]{}/%]++)"
END = r"(?=[\0\t\n\f\r ()<>\[\]{}/%]|\Z)[\0\t\n\f\r ]*+"
FILL = rf"{N}{W}++(?:g|{N}{W}++{N}{W}++(?:rg|{N}{W}++k)){END}"
UPRIGHT = rf"1{W}++0{W}++0{W}++1{W}++"
HEX = r"<[0-9A-Fa-f\0\t\n\f\r ]*+>"
_PLAIN = r"[^()\\]++|\\."
# Brackets may stand in a literal string in pairs; three deep is more than any text of ours.
LITERAL = rf"\((?:{_PLAIN}|\((?:{_PLAIN}|\((?:{_PLAIN})*\))*\))*\)"
STRING = f"{HEX}|{LITERAL}"
