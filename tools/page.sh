#!/bin/sh
# Build the page into the package.
set -eu
command -v npm >/dev/null || { echo "error: the page needs Node 20 or newer (npm was not found)." >&2; exit 1; }
cd web
if [ ! -f node_modules/.installed ] || [ package-lock.json -nt node_modules/.installed ]; then
  echo "==> page: packages"
  npm ci --silent --no-audit --no-fund || npm ci --no-audit --no-fund  # the second time aloud, for the reason
  touch node_modules/.installed
fi
echo "==> page: build"
npm run --silent build -- --logLevel warn
touch ../src/openbell/api/page/.built
