# Two commands are enough: `make run` and `make test`. Only Python 3.11+ and make are needed.

PYTHON ?= python3
VENV := .venv/bin
RUN := $(PYTHON) bootstrap.py --profile run
DEV := $(PYTHON) bootstrap.py --profile dev
PYTEST := $(VENV)/python -m pytest
WORKERS := --numprocesses logical --maxprocesses 4 --dist worksteal
COMPILE := $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help run test check prove cover bench lock format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up, then show a small demonstration on SQLite
	@$(RUN)
	@$(VENV)/juang demo

test: ## set up, then run every test that is not marked `prove`
	@$(DEV)
	@$(PYTEST) $(WORKERS)

check: ## format, lint, types and import order, changing nothing
	@$(DEV)
	@$(VENV)/ruff format --check .
	@$(VENV)/ruff check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports --no-logo

prove: ## the long tests: deep fuzzing, kill loops, simulated years
	@$(DEV)
	@$(PYTEST) $(WORKERS) -m prove --timeout 3600 --hypothesis-profile prove

cover: ## the tests again, with branch coverage
	@$(DEV)
	@$(VENV)/coverage erase
	@$(VENV)/coverage run -m pytest --timeout 600
	@$(VENV)/coverage combine --quiet
	@$(VENV)/coverage report

bench: ## measure the speed targets of this machine, each beside its limit
	@$(DEV)
	@$(VENV)/python -m benchmarks

lock: ## write the hashed locks anew from pyproject.toml (UPGRADE=1 for newest versions)
	@$(DEV)
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra dev --constraints requirements.txt \
		--output-file requirements-dev.txt

format: ## put the code into its one format, and mend what ruff can mend
	@$(DEV)
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

clean: ## remove what was made here; never a database
	rm -rf .venv build dist .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
