"""What came back: its reasons, whose it is, and the account of the mailing.

reasons    R01 to R99, and how clerks write them
match      rows of a return list to posted pieces
reconcile  posted = delivered + returned + pending
account    that account as a workbook and as plain numbers
"""
