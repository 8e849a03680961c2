"""The ledger: laws that tie to the fen, holds, control totals, and the print order."""
