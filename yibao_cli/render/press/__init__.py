"""The press profile: PDF/X-4 with PDF/VT-1, in gray or CMYK, and the checker that reads it back."""
