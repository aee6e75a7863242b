#!/bin/sh
# What CI checks, each step said aloud; all of them run, and any failure fails the whole.
set -u
FAILED=0
step() { echo "==> $1"; shift; "$@" || FAILED=1; }
step "format" .venv/bin/ruff format --check --quiet .
step "lint" .venv/bin/ruff check --quiet .
step "types" .venv/bin/mypy
step "imports" .venv/bin/lint-imports --no-cache
step "docs" .venv/bin/python tools/docs.py
step "page types" sh -c '.venv/bin/python -m openbell.api.schema | diff -q - web/openapi.json >/dev/null || { echo "web/openapi.json is not what the API says: run python -m openbell.api.schema > web/openapi.json && cd web && npm run api"; exit 1; }'
step "page" sh -c 'cd web && npm run --silent check'
exit $FAILED
