# Everything a newcomer needs: `make help`. Needs GNU make, Python 3.11 or later, and the package index.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

# The interpreter that makes .venv. The first of these that is 3.11 or later; or say `make setup PYTHON=/path/to/python`.
PYTHON ?=
CANDIDATES := python3 python python3.13 python3.12 python3.11

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ENGINES := $(VENV)/.engines
BROWSER := $(VENV)/.browser
# A lock knows the public package index only, whatever this machine's pip is told; and it is made for the oldest Python.
LOCK := env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null \
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
RELOCK :=

.PHONY: help setup demo serve test test-engines test-browser fuzz check docs pages screenshots bench drill drill-scale \
	drill-overload drill-data lock upgrade clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv with everything in it, as locked (the others call it when needed)

$(READY): requirements/dev.txt pyproject.toml $(wildcard dropin/pyproject.toml)
	@set -e; \
	for python in $(or $(PYTHON),$(CANDIDATES)); do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			found=$$python; break; \
		fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo 'No Python 3.11 or later with its venv module was found (looked for: $(or $(PYTHON),$(CANDIDATES))).' >&2; \
		echo 'Install one, or name it: make setup PYTHON=/path/to/python3.11' >&2; \
		exit 1; \
	fi; \
	"$$found" -c 'import sys; print("Making $(VENV) with Python", sys.version.split()[0], "at", sys.executable)'; \
	"$$found" -m venv $(VENV)
	@echo 'Installing what is locked in requirements/dev.txt: about a minute, once.'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		-e . $(if $(wildcard dropin/pyproject.toml),-e dropin)
	@touch $@

demo: $(READY) ## a server, an app and a conversation to look at, at once
	$(BIN)/parhelion demo

serve: $(READY) ## the server, with an embedded database
	$(BIN)/parhelion serve

# Tests wait more than they work: a process more than there are cores. A file is one process's, with what its tests share.
JOBS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
SIDE_BY_SIDE = --numprocesses $(JOBS) --dist loadfile

test: $(READY) ## every test, with the short form of the drills
	$(BIN)/pytest $(SIDE_BY_SIDE)

$(ENGINES): requirements/engines.txt $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/engines.txt
	@touch $@

SUITES := tests/server tests/drills
test-engines: $(ENGINES) ## over engines that it installs and starts, with the short drill: make test-engines SUITES=tests
	$(BIN)/pytest $(SUITES) --engine postgresql --engine s3 --engine nats $(SIDE_BY_SIDE)
	$(BIN)/pytest tests/drills/scale --engine cluster -s

$(BROWSER): requirements/browser.txt $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/browser.txt
	@touch $@

test-browser: $(BROWSER) ## the pages in a real browser, which it installs as root where there is none
	$(BIN)/pytest tests/browser --engine browser

fuzz: REQUESTS := 20000
fuzz: ANSWERS := 100
fuzz: SEED := 1
fuzz: $(READY) ## made-up requests and made-up answers: make fuzz REQUESTS=100000 ANSWERS=2000 SEED=2
	$(BIN)/pytest tests/fuzz tests/client/test_fuzzed_answers.py -rA \
		--requests $(REQUESTS) --answers $(ANSWERS) --seed $(SEED)

check: $(READY) ## lint, format, types, the import rules, and whether the printed pages are fresh
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright
	$(BIN)/mypy
	$(BIN)/pytest tests/test_rooms.py
	$(BIN)/python tools/pages.py --check
	$(BIN)/python dropin/stubs.py --check

docs: $(READY) ## the documentation as a site, in build/docs
	@$(BIN)/sphinx-build -q -W --keep-going -j auto -d build/doctrees docs build/docs
	@echo 'Open build/docs/index.html in a browser.'

pages: $(READY) ## print the generated pages of docs/ again
	$(BIN)/python tools/pages.py
	$(BIN)/python dropin/stubs.py

screenshots: $(BROWSER) ## take the pictures of the pages again, into docs/pictures
	$(BIN)/python -m tools.screenshots

bench: $(ENGINES) ## the benchmarks: ratios of one run, as a table
	$(BIN)/python -m bench

drill: $(ENGINES) ## the long drills: crashes and races, thirty rounds each, and drill-scale
	$(BIN)/pytest tests/drills --rounds 30 --engine cluster -s

drill-scale: $(ENGINES) ## three nodes on Patroni, NATS and Ceph, and all that may fail: ten minutes, best as root
	$(BIN)/pytest tests/drills/scale --rounds 30 --engine cluster -s

drill-overload: MINUTES := 10
drill-overload: $(READY) ## twice as much as can be done, for ten minutes: make drill-overload MINUTES=30
	$(BIN)/python -m bench.overload $(MINUTES)

drill-data: MESSAGES := 1000000
drill-data: $(READY) ## an app of a million messages out of a store and into another: make drill-data MESSAGES=100000
	$(BIN)/python -m bench.data --messages $(MESSAGES)

lock: $(READY) ## lock requirements/*.in again, changing only what they ask for
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and \
		"Locks are made with Python 3.11, the oldest one: make clean, then make lock PYTHON=python3.11")'
	$(LOCK) $(RELOCK) --output-file requirements/run.txt requirements/run.in
	$(LOCK) $(RELOCK) --output-file requirements/dev.txt requirements/dev.in
	$(LOCK) $(RELOCK) --output-file requirements/engines.txt requirements/engines.in
	$(LOCK) $(RELOCK) --output-file requirements/browser.txt requirements/browser.in

upgrade: RELOCK := --upgrade
upgrade: lock ## the same, with every release as new as it may be

clean: ## remove .venv and everything that tools leave behind
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src dropin tests bench tools -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
