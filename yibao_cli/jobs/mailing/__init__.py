"""The post: tariff, tracking numbers, the order of pieces, the posting list and its papers, labels."""
