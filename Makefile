# The two commands of the README: `make demo` and `make test`. Everything is made in .venv from requirements/lock.txt.

SIZE ?= small
SEED ?= 1
DIR  ?= demo
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' \
	&& echo $$p && break; done 2>/dev/null)
VENV ?= .venv
BIN   = $(VENV)/bin
PIP   = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check bundle bench mutants docs fmt lock clean help
.DELETE_ON_ERROR:

help:
	@echo "make demo [SIZE=tiny|small|record] [SEED=1] [DIR=demo]   the whole job on a training case"
	@echo "make test                                                 style, types, floors, every test"
	@echo "make bundle                                               an installer for a machine without network"
	@echo "make mutants [COUNT=200] [SEED=1]                         do the tests notice random changes of the code?"
	@echo "make bench | docs | fmt | lock | clean"

demo: $(VENV)/.runtime
	$(BIN)/leadline demo --size $(SIZE) --seed $(SEED) --dir $(DIR)

test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff check src tests tools benchmarks
	$(BIN)/ruff format --check src tests tools benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

bundle: $(VENV)/.dev
	$(BIN)/python tools/bundle.py build/bundle

bench: $(VENV)/.dev
	@for b in benchmarks/*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

bench-%: $(VENV)/.dev
	$(BIN)/python benchmarks/$*.py

mutants: $(VENV)/.dev
	$(BIN)/python tools/mutants.py --count $(or $(COUNT),200) --seed $(SEED)

docs: $(VENV)/.dev
	$(BIN)/python -m pytest -q tests/docs

fmt: $(VENV)/.dev
	$(BIN)/ruff check --fix src tests tools benchmarks
	$(BIN)/ruff format src tests tools benchmarks

lock: $(VENV)/.dev
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --upgrade \
		--custom-compile-command "make lock" requirements/dev.in -o requirements/lock.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --upgrade \
		--custom-compile-command "make lock" requirements/bench.in -o requirements/bench.txt

clean:
	rm -rf $(VENV) build dist demo

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Leadline needs Python 3.11, 3.12 or 3.13; none was found on PATH." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

build/runtime.txt: requirements/lock.txt tools/subset_lock.py $(VENV)/bin/python
	@mkdir -p build
	$(BIN)/python tools/subset_lock.py runtime.in build.in > $@

$(VENV)/.runtime: build/runtime.txt pyproject.toml
	@echo "Installing what Leadline needs, each package checked against its hash ..."
	$(PIP) install --require-hashes -r build/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/lock.txt pyproject.toml $(VENV)/bin/python
	@echo "Installing what the tests need, each package checked against its hash ..."
	$(PIP) install --require-hashes -r requirements/lock.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runtime
