# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.PHONY: help demo cases test-long catalogue schema api-pages test lint types contracts unit bench conformance conformance-all format clean
.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/'

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "o365scan needs Python 3.11 or later: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[mock,fleet]' --group dev
	@touch $@

demo: $(READY) ## Scan a mock tenant that was attacked; leaves demo-out/
	@rm -rf demo-out
	$(BIN)/o365scan scan --mock oauth-spam-campaign --sarif demo-out/o365scan.sarif \
		--save-snapshot demo-out/tenant.o365scan
	@echo "Judge it again, without the tenant: $(BIN)/o365scan scan --snapshot demo-out/tenant.o365scan"

cases: $(READY) ## List every case that the checks must tell apart, with its verdict
	@$(BIN)/python -m o365scan.testing tests/cases

catalogue: $(READY) ## Write plugins/CHECKS.md anew from the checks
	@$(BIN)/o365scan checks --markdown > plugins/CHECKS.md.new
	@mv plugins/CHECKS.md.new plugins/CHECKS.md

schema: $(READY) ## Write the schema of the JSON report anew from what is declared
	@$(BIN)/o365scan schema report > docs/report.schema.json.new
	@mv docs/report.schema.json.new docs/report.schema.json

api-pages: $(READY) ## Write docs/api anew from the plugin API's docstrings and signatures
	@$(BIN)/python -m tests.test_api_pages

test: $(READY) lint types contracts unit ## Run lint, types, import contracts and the tests with coverage, but for the long ones

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

unit: $(READY)
	$(BIN)/coverage erase
	@# The tests start some hundred programs: each would compile us anew where an environment keeps no bytecode.
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses auto --dist worksteal -m "not long" --cov --cov-report= --quiet
	$(BIN)/coverage report --fail-under 90

test-long: $(READY) ## Run the tests that install, start programs or scan at length (the rest is `make test`)
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses auto --dist worksteal -m long --quiet

bench: $(READY) ## Print figures: judging apart, requests a second, start and stop, 100,000 accounts
	$(BIN)/python bench/containment.py
	$(BIN)/python bench/serving.py
	$(BIN)/python bench/lifecycle.py
	$(BIN)/python bench/population.py

conformance: $(READY) ## Run unmodified third-party clients against the mock tenant, and against nobody
	$(BIN)/python .ci/conformance/run.py
	$(BIN)/python .ci/conformance/run.py --nothing-listening

conformance-all: $(READY) ## The same with the heavy clients (Prowler) too
	$(BIN)/python .ci/conformance/run.py --all
	$(BIN)/python .ci/conformance/run.py --all --nothing-listening

format: $(READY) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what the other targets made
	rm -rf $(VENV) demo-out .coverage* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
