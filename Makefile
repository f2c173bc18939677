# Two commands set everything up: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= auto
PYTEST := $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal

.DEFAULT_GOAL := help
.PHONY: help demo tour test test-times test-days check bench soak pins clean
# What was compiled is kept: a test may start a hundred processes.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/run.stamp  ## two nodes on this machine, the whole path done, in your browser (Ctrl-C ends it)
	$(BIN)/fourfold demo

tour: .venv/run.stamp  ## the same path without a browser, each step with its proof
	$(BIN)/fourfold tour

test: .venv/dev.stamp  ## all tests, on all cores
	$(PYTEST) $(TESTS)

test-times: .venv/dev.stamp  ## the same, and where the time goes: by folder, file and test
	$(PYTEST) -p where_time_goes $(TESTS)

test-days: .venv/dev.stamp  ## the tests that run in one process, on other days, hours in all (DAY=leap: one of them)
	$(BIN)/python tests/support/days.py $(addprefix --day ,$(DAY)) $(if $(SAMPLE),--sample) $(TESTS)

check: .venv/dev.stamp  ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev.stamp  ## what is claimed of speed, measured beside its peers
	@for script in benchmarks/*_bench.py; do $(BIN)/python $$script || exit 1; done

soak: .venv/dev.stamp  ## what must survive kills, full disks and crowds, at full length (two hours or more)
	FOURFOLD_SOAK=$(or $(CUTS),5) $(BIN)/python -m pytest tests/journeys/test_power_cut.py
	FOURFOLD_SOAK=full $(BIN)/python -m pytest tests/soak
	FOURFOLD_SOAK=full FOURFOLD_TEST_STORE=postgresql $(BIN)/python -m pytest tests/soak --ignore tests/soak/test_soak_disk.py

pins: .venv/dev.stamp  ## renew the pinned versions and their hashes
	cd requirements && for name in run dev; do ../$(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
	  --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  -o $$name.txt $$name.in || exit 1; done

clean:  ## remove what the other commands made
	rm -rf .venv .demo .tour build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Each stamp is older than its pins or newer: what is installed follows the pins.
.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Fourfold needs Python 3.11 or newer; on Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python's venv package is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Making .venv (about a minute, once) ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/python.stamp
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
