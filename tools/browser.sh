#!/bin/sh
# A Chromium for the end-to-end tests: Debian's without windows, or else with them, installed where that is possible.
set -eu
command -v chromium-headless-shell >/dev/null && exit 0
[ -n "${OPENBELL_CHROMIUM:-}" ] && exit 0
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
install() {
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qq -y --no-install-recommends "$1" >/dev/null 2>&1
}
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "==> chromium"
  $as_root apt-get update -qq >/dev/null 2>&1 || true
  install chromium-headless-shell || command -v chromium >/dev/null || install chromium || true
fi
command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null ||
  echo "note: no Chromium here; the end-to-end tests will be skipped (in CI they fail). Install it: apt install chromium" >&2
