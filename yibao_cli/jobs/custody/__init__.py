"""Who may do what, under which key, what was done, and how it is kept and destroyed."""
