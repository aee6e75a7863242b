# Everything a fresh machine needs: Python 3.11+, Node 20+, make and git. `make up` starts the desk.
SHELL := /bin/sh
UV    := .tools/uv/bin/uv
BIN   := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help up test check bench web clean lock format

help: ## Show what there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

up: .venv/.runtime src/openbell/api/page/.built ## Set up what is missing and start the desk on http://127.0.0.1:8000
	@exec $(BIN)/openbell up

test: .venv/.dev src/openbell/api/page/.built ## Run all tests: unit, property, contracts, page, end to end in a browser
	@sh tools/browser.sh
	@echo "==> tests of the page"
	@cd web && npm run --silent test
	@echo "==> tests of the desk"
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.dev src/openbell/api/page/.built ## Check format, lint, types, import contract, page and docs, as CI does
	@sh tools/check.sh

bench: .venv/.bench src/openbell/api/page/.built ## Measure speed and size against peers in the same run
	@$(BIN)/python -m bench $(ARGS)

web: ## Build the page again
	@rm -f src/openbell/api/page/.built
	@$(MAKE) --no-print-directory src/openbell/api/page/.built

format: .venv/.dev ## Format and fix what can be fixed
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . ; cd web && npm run --silent format

lock: $(UV) ## Pin the newest allowed versions with their hashes
	@sh tools/lock.sh

clean: ## Remove everything made here (never your data)
	@rm -rf .venv .tools .bench dist web/node_modules src/openbell/api/page test-results
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV): tools/uv.sh
	@sh tools/uv.sh

.venv/.runtime: requirements.lock pyproject.toml | $(UV)
	@sh tools/install.sh runtime requirements.lock

.venv/.dev: requirements.lock requirements-dev.lock pyproject.toml | $(UV)
	@sh tools/install.sh dev requirements-dev.lock

.venv/.bench: requirements-dev.lock requirements-bench.lock pyproject.toml | $(UV)
	@sh tools/install.sh bench requirements-bench.lock

PAGE := $(shell find web/src web/public web/index.html web/package-lock.json web/vite.config.ts web/tsconfig*.json 2>/dev/null -type f)
src/openbell/api/page/.built: $(PAGE)
	@sh tools/page.sh
