"""The enquiry desk: where a piece is and was, one piece as a picture, the desk's page."""
