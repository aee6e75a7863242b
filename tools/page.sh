#!/bin/sh
# Build the page into the package.
set -eu
command -v npm >/dev/null || { echo "error: the page needs Node 20 or newer (npm was not found)." >&2; exit 1; }
cd web
if [ ! -f node_modules/.installed ] || [ package-lock.json -nt node_modules/.installed ]; then
  echo "==> page: packages"
  npm ci --loglevel=error --no-audit --no-fund
  touch node_modules/.installed
fi
echo "==> page: build"
npm run --silent build
touch ../src/openbell/api/page/.built
