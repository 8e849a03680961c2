"""One module per job, in rooms by matter: opens what it needs, calls stages in order, reports the outcome."""
