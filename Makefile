# `make lab` opens the lessons, `make test` runs every test; `make` alone lists what there is.
# Needs make and Python 3.11, 3.12 or 3.13; node, Chromium, graphviz's `dot` and uv are used when they are there.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin

# The first of these that is of the right age; or say which: make lab PYTHON=/path/to/python3.12
PYTHON = $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)

INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input --no-compile
# uv installs a lock in a quarter of the time that pip takes. It does not read pip's settings: `make UV=` leaves it out.
UV := $(shell command -v uv)
INSTALL_LOCK := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(INSTALL)) --require-hashes --requirement
# Of the protocol every line and branch is tested; held on CI, where nothing skips.
COVERAGE := --cov=workbench.mls --cov-report=term --cov-fail-under=100
PROTOCOL_TESTS := tests/mls tests/vectors
# The tests of a file stay together in one process: they share what is costly to set up, and a lesson is run in order.
# tests/conftest.py says which files come first.
# Three keep two cores busy: a test that waits for a browser or a service leaves its core to another.
JOBS := 3
PARALLEL := -n $(JOBS) --dist loadfile --no-loadscope-reorder
JS_TESTS = $(shell find tests -name '*.test.js')

# A tenth of all tests start programs of their own; each would compile all that it imports, were nothing stored.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help lab check test soak mutants lint types imports js pytest protocol others coverage notebooks docs peers interop lock clean

help:
	@echo "make lab        set up what the lessons need and open them in JupyterLab, in my-lessons"
	@echo "make check      what to run while you work: style, types, imports and the quick tests (two minutes)"
	@echo "make test       set up the test tools and run every test"
	@echo "make soak       the long forms: histories, oracles, other implementations, kills, an hour of fuzzing"
	@echo "make mutants    change the code at 150 places, one at a time, and count how often a test notices (hours)"
	@echo "make notebooks  run the lessons and store their outputs anew"
	@echo "make docs       write the pages about the RFC and about performance, and the types of the views anew"
	@echo "make peers      play everything with the other implementations and write docs/interop.md anew"
	@echo "make interop    build mlspp and the working group's test runner, and play everything between ours and mlspp"
	@echo "make coverage   run the tests of the protocol and hold it to full branch coverage"
	@echo "make lock       write the locks anew from pyproject.toml"
	@echo "make clean      remove everything that the above have installed"

lab: $(VENV)/.lab
	@echo "==> Opening the lessons; Ctrl-C here closes them"
	@$(BIN)/workbench lab

# What a change needs before it is committed; the pictures in a browser, the lessons and the long searches are left out.
check: lint types imports
	@echo "==> The quick tests"
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow and not browser and not house"

# Each part runs by itself too (`make types`); `make -k test` runs them all even when one fails.
test: lint types imports js pytest

lint: $(VENV)/.test
	@echo "==> Style"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet || { \
		echo "Some files are not formatted; this mends them: $(BIN)/ruff format" >&2; exit 1; }

types: $(VENV)/.test
	@echo "==> Types"
	@$(BIN)/mypy

imports: $(VENV)/.test
	@echo "==> Who may import what"
	@$(BIN)/lint-imports

ifneq ($(shell command -v npm),)
js: node_modules/.package-lock.json
	@echo "==> JavaScript: types, then tests"
	@node_modules/.bin/tsc --project tsconfig.json
	@node --test --test-reporter=spec $(JS_TESTS)
else
js:
	@echo "==> JavaScript: left out, node is not installed (to run these tests, install node 20 or later)"
	@test "$(CI)" != true
endif

# Coverage makes what it watches slower, so it watches only the tests of the protocol, which have to reach all of it.
pytest: protocol others

protocol: $(VENV)/.test
	@echo "==> Tests of the protocol"
	@$(BIN)/python -m pytest $(PARALLEL) $(if $(filter true,$(CI)),$(COVERAGE)) $(PROTOCOL_TESTS)

others: $(VENV)/.test $(if $(shell command -v npm),node_modules/.package-lock.json)
	@echo "==> All other tests, and the lessons"
	@$(BIN)/python -m pytest $(PARALLEL) --nbval $(addprefix --ignore=,$(PROTOCOL_TESTS))

# By hand, for hours: each prints the seed with which it can be repeated.
soak: $(VENV)/.test
	@echo "==> Random histories of the protocol"
	@MLS_HISTORIES=2000 $(BIN)/python -m pytest tests/properties/test_histories.py
	@echo "==> Random histories of the compromise lab: the three oracles"
	@$(BIN)/python -m tests.adversary.oracles --histories 5000 --seed 1000000
	@echo "==> Every feature with every other implementation, in each cipher suite that it has"
	@MLS_PEERS=all $(BIN)/python -m pytest tests/interop/peers/test_features.py
	@echo "==> Groups mixed from all implementations"
	@$(BIN)/python -m tests.interop.peers.mixed --histories 280
	@echo "==> The scripts of the working group's interop tests, in each cipher suite and with both kinds of handshakes"
	@MLS_SCRIPTS=all $(BIN)/python -m pytest tests/interop/test_scenarios.py
	@echo "==> Project Wycheproof, if WYCHEPROOF names its vectors"
	@$(BIN)/python -m pytest tests/mls/crypto/wycheproof.py
	@echo "==> Damaged messages on the reviewer's desk"
	@MLS_DAMAGES=5000 $(BIN)/python -m pytest tests/review/test_passive_clients.py
	@echo "==> The delivery service, killed again and again"
	@WORKBENCH_KILLS=2 $(BIN)/python -m pytest tests/delivery/test_reliability.py
	@$(BIN)/python -m tests.delivery.reliability --kills 100
	@echo "==> A device, killed at each point where it writes or speaks"
	@$(BIN)/python -m tests.client.kills
	@echo "==> The cells of all lessons in any order"
	@MLS_LESSONS=all $(BIN)/python -m pytest tests/notebooks/test_order.py --timeout 1200
	@echo "==> Damaged messages"
	@$(BIN)/workbench fuzz --minutes 60
	@echo "==> The costliest megabyte at each entry point"
	@$(BIN)/workbench fuzz --cost

# By hand: docs/mutants.md has the figures. On a copy, which is gone afterwards; the seed is printed.
mutants: $(VENV)/.test
	@echo "==> Changes at one place"
	@$(BIN)/python -m tests.mutants

coverage: $(VENV)/.test
	@$(BIN)/python -m pytest $(PARALLEL) $(COVERAGE) $(PROTOCOL_TESTS)

notebooks: $(VENV)/.test
	@echo "==> Running the lessons and storing what they show"
	@$(BIN)/python -m tests.notebooks.store
	@$(BIN)/python -m tests.notebooks.page

docs: $(VENV)/.test
	@echo "==> Writing the pages about the RFC"
	@$(BIN)/python -m tests.rfc.tables
	@echo "==> Writing the page about performance, from the results of the last bench"
	@$(BIN)/workbench bench --read docs/performance.json --page docs/performance.md --plot docs/performance.svg >/dev/null
	@echo "==> Writing the types of the views anew"
	@$(BIN)/python -m tests.widgets.declarations
	@echo "==> Writing the glossary, for readers and for the pictures"
	@$(BIN)/python -m tests.house.glossary
	@echo "==> Drawing the moving picture of the front page, and putting it on the page of the first lesson"
	@$(BIN)/python -m tests.house.front_page
	@$(BIN)/python -m tests.notebooks.page

# One set of versions for Python 3.11 to 3.13, with hashes, without addresses. Extras stay in the names: a pip that
# meets `coverage[toml]` unpinned looks for a newer one than the lock has, and stops for want of its hash.
COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-header --no-emit-index-url --group build --extra app --extra device --extra lab --extra service pyproject.toml

peers: $(VENV)/.test node_modules/.package-lock.json
	@echo "==> Playing everything with every other implementation, and writing it into docs/interop.md"
	@$(BIN)/python -m tests.interop.peers.page

# By hand: needs packages of Debian, which it names, and minutes to compile; never run on CI.
interop: $(VENV)/.test
	@echo "==> Building mlspp and the working group's test runner in build/interop"
	@tests/interop/official/build.sh build/interop
	@echo "==> Playing all configurations between ours and mlspp"
	@$(BIN)/python -m tests.interop.official.matrix build/interop

lock: $(VENV)/.made
	@$(INSTALL) --quiet uv
	@echo "==> Writing the locks"
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --extra interop --extra mutants --extra peers --extra test --constraint requirements.lock --output-file requirements-test.lock

clean:
	rm -rf $(VENV) node_modules

# Set-up: one stamp in the environment for each thing that was installed there --------------------------------------

$(VENV)/.made:
	@if [ -z "$(PYTHON)" ]; then \
		echo "No Python 3.11, 3.12 or 3.13 was found. Install one, or say where: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi
	@echo "==> Making $(VENV) with $(PYTHON) ($$($(PYTHON) --version))"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "This Python cannot make environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.lab: requirements.lock pyproject.toml $(VENV)/.made
	$(call install,$<)

$(VENV)/.test: requirements-test.lock pyproject.toml $(VENV)/.made
	$(call install,$<)

define install
	@echo "==> Installing what $(1) names (a minute or two the first time)"
	@$(INSTALL_LOCK) $(1) || { \
		echo "The packages could not be installed. Is the package index reachable? The reason stands above." >&2; exit 1; }
	@echo "==> Installing the workbench itself"
	@$(INSTALL) --quiet --no-deps --no-build-isolation --editable .
	@touch $@
endef

node_modules/.package-lock.json: package-lock.json
	@echo "==> Installing the type checker for JavaScript, and peers to test against"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@
