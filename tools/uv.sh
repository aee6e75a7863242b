#!/bin/sh
# Put uv, pinned, into .tools: by pip where Python has it, else through a virtual environment.
set -eu
VERSION=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements-uv.lock)
echo "==> uv $VERSION"
mkdir -p .tools
if python3 -m pip --version >/dev/null 2>&1; then
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --upgrade --target .tools/uv --require-hashes -r requirements-uv.lock
elif python3 -m venv .tools/uv >/dev/null 2>&1; then
  .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
else
  rm -rf .tools/uv
  echo "error: this Python has neither pip nor venv. Install one of them: apt install python3-venv" >&2
  exit 1
fi
.tools/uv/bin/uv --version >/dev/null
