"""A mailing that employers hand out: routes, papers, calls, appointments, signed sheets."""
