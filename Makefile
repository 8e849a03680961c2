# Everything a person or a machine does with this project has one name here.
# Each target sets up what it needs: Python 3.11 to 3.13, make and git are enough.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1 && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# A process for each processor; tests of one file share what is costly to make.
PARALLEL := -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-chain bench-address bench-cluster bench-kill bench-writers goldens sample catalogue docs docs-data sessions lock clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# The virtual environment is made again whenever the list of packages changes.
$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "yibao needs Python 3.11, 3.12 or 3.13 with venv"; exit 69; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: $(STAMP) ## Make the virtual environment in .venv

demo: $(STAMP) ## Walk a sample mailing from Excel to reconciliation, into demo/
	$(BIN)/yibao demo demo

test: $(STAMP) ## Run the tests, but those that take minutes: `make check` runs all
	$(BIN)/python -m pytest $(PARALLEL) -m 'not slow'

check: $(STAMP) ## What a change must pass: ruff, mypy, import contracts, tests with branch coverage
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term-missing:skip-covered

bench: $(STAMP) ## Print the speed of the hot paths, ours and ReportLab's; B="render peers" for these two
	$(BIN)/python tests/benchmarks/run.py $(B)

# It goes through a tenth of the members first, so that what grows faster than the rows is seen.
bench-chain: $(STAMP) ## Time the whole chain from Excel to reconciliation, step by step; N=700000 for a city's
	$(BIN)/python tests/benchmarks/chain.py $(or $(N),20000) $(B)

bench-address: $(STAMP) ## Score the address parser on the labelled set; B="-v 22" for the failures, B=FILE.csv for another set
	$(BIN)/python tests/benchmarks/address.py $(B)

bench-cluster: $(STAMP) ## Print pages/s of render and verify by workers, pool and Dask; N=6000 members, B="1 2" workers
	N=$(or $(N),6000) $(BIN)/python tests/benchmarks/cluster.py $(B)

bench-kill: $(STAMP) ## kill -9 at seeded moments of every command, run again and compared; N=300 rounds
	$(BIN)/python tests/e2e/kill_harness.py --rounds $(or $(N),300)

bench-writers: $(STAMP) ## Four writers at once for five minutes, SQLite and PostgreSQL; B=10 for ten seconds
	$(BIN)/python tests/benchmarks/writers.py $(B)

goldens: $(STAMP) ## Write the expected pages again (read the diff before you commit it)
	$(BIN)/python -m pytest tests/golden --update-goldens

sample: $(STAMP) ## Write sample_data/ again from its seed
	$(BIN)/python -m yibao_cli.sample sample_data

# No fuzzy guesses: what is new stands untranslated, and tests/test_catalogue.py names it.
catalogue: $(STAMP) ## Take new messages into the Chinese catalogue, and compile it
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --no-default-keywords --keywords='_ N_' --no-location --sort-by-file \
		--project=yibao --version= --output=build/yibao.pot yibao_cli
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=110 \
		--domain=yibao --locale=zh --input-file=build/yibao.pot --output-dir=yibao_cli/locale
	$(BIN)/pybabel --quiet compile --domain=yibao --locale=zh --directory=yibao_cli/locale

docs: $(STAMP) ## Build docs/ as a site, and the manual page, into build/docs/
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs/html
	$(BIN)/python -m sphinx -q -W --keep-going -b man docs build/docs/man

sessions: $(STAMP) ## Type the sessions of docs/ again and write down what they say now
	$(BIN)/python tests/docs/console.py --write $(addprefix docs/,tutorial.md examples.md howto-kind.md tutorial.zh-CN.md examples.zh-CN.md)

docs-data: $(STAMP) ## Write the pages of docs/ that are made from the code
	$(BIN)/python -m yibao_cli.cli.docs docs yibao_cli/cli/examples.json
	$(BIN)/python -m yibao_cli.kinds templates

lock: $(STAMP) ## Write .ci/requirements.lock: every package by version and hash, for the container and the demo
	$(BIN)/python .ci/lock.py

clean: ## Remove what can be made again
	rm -rf demo build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
