"""How a mailing stands and what came of it: status, survey, complaints, the report, the month's pack."""
