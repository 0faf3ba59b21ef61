# One command sets everything up; every other target asks for it first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
JOBS ?= 2

.PHONY: help setup demo test test-real check eval bench run lock format clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## make .venv with everything pinned, and .venv/bin/mentorwatch

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mentorwatch needs Python 3.11 or newer; $(PYTHON) is older"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the pinned packages into .venv (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## the whole job offline on the little web: crawl, follow, 14 digests, ledger, shortlist
	@$(BIN)/mentorwatch demo $(DEMO_ARGS)

test: setup  ## the quick tests, under two minutes
	@$(BIN)/python -m pytest -q -n $(JOBS) -m 'not real'

test-real: setup  ## real servers, a real browser, killed processes
	@$(BIN)/python -m pytest -q -m real

check: setup  ## ruff, mypy --strict, import-linter, no second way to the network, no secret in cassettes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.check.tree
	@$(BIN)/python -m tests.check.cassettes

eval: setup  ## scores on the corpus
	@$(BIN)/python -m tests.eval

bench: setup  ## large loads; prints ratios measured in one run
	@$(BIN)/python -m tests.bench

run: setup  ## the scheduler in the foreground, with the home of this user
	@$(BIN)/mentorwatch schedule

lock:  ## compile requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--all-extras --group dev -q -o requirements.lock pyproject.toml

format: setup  ## format and sort
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:  ## remove what setup made
	rm -rf .venv build dist
