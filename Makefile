# Everything is installed into .venv from uv.lock; nothing outside this folder is written except uv's download cache.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install demo test check bench docs clean

UV_VERSION := 0.13.9
UV_ON_PATH := $(shell command -v uv 2>/dev/null)
UV := $(or $(UV_ON_PATH),.tools/bin/uv)
PYTHON ?= python3

BIN := .venv/bin
STAMP := .venv/.installed
CORES := $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
# Compiled kernels are cached inside the checkout, so that `make clean` really is clean.
export NUMBA_CACHE_DIR ?= $(CURDIR)/.cache/numba
export UV_PYTHON_DOWNLOADS := never

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.tools/bin/uv:
	@$(PYTHON) -m venv .tools || { echo "majung: '$(PYTHON) -m venv' does not work. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'

$(STAMP): pyproject.toml uv.lock $(if $(UV_ON_PATH),,.tools/bin/uv)
	@echo "installing the locked packages into .venv"
	@$(UV) sync --locked --quiet
	@touch $@

install: $(STAMP) ## make .venv with the locked packages

demo: $(STAMP) ## run the example scenario and say where its report is
	@$(BIN)/majung run examples/korea-ai-2024

test: $(STAMP) ## run the tests on all cores
	@$(BIN)/python -m pytest -n $(CORES)

check: $(STAMP) ## lint, formatting, types, layers, documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory docs

bench: $(STAMP) ## compare the engine with its peers and print the ratios
	@$(UV) sync --locked --quiet --group bench
	@$(BIN)/python benchmarks/run.py

docs: $(STAMP) ## build the documentation; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

clean: ## remove what make and the tools wrote, but not runs
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist docs/_build
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
