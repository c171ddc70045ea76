# What people type. Each target calls one small script; the scripts say what they do.
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PORT

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

setup: ## virtual environment from the hashed lock, system libraries, font check
	@scripts/setup

demo: ## demo township in var/, then web + worker + beat until Ctrl-C (PORT=8000)
	@scripts/demo serve

demo-report: ## all of demo but serving; the summary tables are in var/demo/
	@scripts/demo report

test: ## everything continuous integration runs
	@.ci/run

format: setup ## rewrite code and templates in the house format
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix . && $(PY) -m scripts.template_lint --fix

lock: setup ## new requirements.lock from pyproject.toml
	@scripts/lock

manual: setup ## new pictures for the manual, taken by the browser test (some minutes)
	@$(PY) -m scripts.manual

bench: setup ## figures of speed, printed as a table
	@$(PY) -m bench

clean: ## remove the virtual environment and everything under var/
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: help setup demo demo-report test format lock manual bench clean
