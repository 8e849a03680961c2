"""Print files: fonts, the static layer, pieces as streams, marks for machines, proofs; pages read back."""
