"""One module per job: opens what it needs, calls the stages in order, reports what came of it."""
