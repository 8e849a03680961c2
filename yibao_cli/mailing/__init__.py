"""What the post is handed: postage by a dated tariff, and the posting list.

tariff    fen per piece, 本埠 or 外埠
manifest  寄递清单 as workbook and csv
sorting   bundles, bags and the order of print: filling, packing, bundling, bagging
"""
