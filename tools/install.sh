#!/bin/sh
# install.sh LEVEL LOCK: make .venv hold exactly what LOCK pins, and Openbell itself.
set -eu
LEVEL=$1 LOCK=$2
UV="$PWD/.tools/uv/bin/uv"
# Where the system keeps certificates, uv trusts them too, as pip and npm do: some networks bring their own.
[ -f /etc/ssl/certs/ca-certificates.crt ] && export UV_SYSTEM_CERTS=true
[ -x .venv/bin/python ] || { echo "==> virtual environment"; "$UV" venv --quiet --python "$(command -v python3)" .venv; }
# What a wider level installed stays: `make up` after `make test` has nothing to do.
for WIDER in bench dev; do
  [ "$LEVEL" = "$WIDER" ] && break
  if [ -f ".venv/.$WIDER" ] && [ ".venv/.$WIDER" -nt "$LOCK" ] && [ ".venv/.$WIDER" -nt pyproject.toml ]; then
    touch ".venv/.$LEVEL"; exit 0
  fi
done
echo "==> dependencies ($LEVEL)"
"$UV" pip sync --quiet --python .venv/bin/python --require-hashes "$LOCK"
"$UV" pip install --quiet --python .venv/bin/python --no-deps --editable .
touch ".venv/.$LEVEL"
[ "$LEVEL" = bench ] && touch .venv/.dev
touch .venv/.runtime
