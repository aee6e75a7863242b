#!/bin/sh
# A Chromium for the end-to-end tests: Debian's, installed where that is possible.
set -eu
command -v chromium >/dev/null && exit 0
[ -n "${OPENBELL_CHROMIUM:-}" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "==> chromium"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } >/dev/null
elif sudo -n true 2>/dev/null && command -v apt-get >/dev/null; then
  echo "==> chromium"
  { sudo -n apt-get update -qq && sudo -n apt-get install -qq -y --no-install-recommends chromium; } >/dev/null
else
  echo "note: no Chromium here; the end-to-end tests will be skipped (in CI they fail). Install it: apt install chromium" >&2
fi
