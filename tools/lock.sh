#!/bin/sh
# Pin every dependency with its hashes. The lock files name no registry.
set -eu
UV=.tools/uv/bin/uv
[ -f /etc/ssl/certs/ca-certificates.crt ] && export UV_SYSTEM_CERTS=true
compile() { "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"; }
compile pyproject.toml -o requirements.lock
compile pyproject.toml requirements-dev.in -c requirements.lock -o requirements-dev.lock
compile pyproject.toml requirements-dev.in requirements-bench.in -c requirements-dev.lock -o requirements-bench.lock
