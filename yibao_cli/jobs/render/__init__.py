"""Print files: made, copied, proofed, signed, verified, printed again."""
