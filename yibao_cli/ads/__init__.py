"""Ads 广告: contracts, the law, who gets which panel, what it earns, what is proved and settled.

terms, booking, contracts   what was sold, and whether it may print
compliance, approvals       the law as data
people, problem, program, solver, colouring, versions, dealing, fallback, assigning, keeping, moving, planning
                            who gets what
verifying                   the frozen pieces held against the contracts, apart from the planner
quoting, settling, response money, evidence, what the ads did
"""
