# 지킴이. `make help` lists what there is. Everything runs inside .venv and writes to var/.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
STAMP := $(VENV)/.installed
STAMP_DEV := $(VENV)/.installed-dev
QUICK ?=
OUT ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test soak bench check format keys

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" || { echo "Python 3.11 is needed. Install it, or name it: make PYTHON=/path/to/python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(STAMP_DEV): requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(STAMP) $@

keys: | $(BIN)/python
	@$(BIN)/python -m portal.make_keys

setup: $(STAMP) keys ## Prepare the environment alone: .venv and keys

setup-dev: $(STAMP_DEV) keys ## The same, with what tests and checks need

run: setup ## Everything set up, demonstration loaded, portal and worker serving (PORT=8000)
	@PORT=$(PORT) SITE_ORIGIN=$${SITE_ORIGIN:-http://127.0.0.1:$(PORT)} $(MANAGE) prepare --demonstration
	@exec env PORT=$(PORT) SITE_ORIGIN=$${SITE_ORIGIN:-http://127.0.0.1:$(PORT)} $(MANAGE) serve --port $(PORT) --with-standin

test: setup-dev ## Everything set up, tests run
	$(BIN)/python -m portal.run_tests $(if $(REQUIRE_ALL),--require-all)

soak: setup-dev ## The long bars and half an hour of attacks: DATABASE_URL=postgres://… make soak
	SOAK=1 $(BIN)/python -m pytest -q -n 0 -o faulthandler_timeout=3600 portal/tests/test_moderators_at_work.py
	SOAK=1 $(BIN)/python -m pytest -q -n 0 -o faulthandler_timeout=3600 portal/tests/test_api_served.py -k half_an_hour

bench: setup-dev ## Ratios measured side by side in one run (QUICK=1, OUT=file.json)
	QUICK=$(QUICK) OUT=$(OUT) $(BIN)/python -m benchmarks

check: setup-dev ## Lint, types, floors, migrations
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy . && $(BIN)/lint-imports && $(MANAGE) makemigrations --check --dry-run

format: setup-dev ## Rewrite the code in the house's layout
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
