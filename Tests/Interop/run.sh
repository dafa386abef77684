#!/usr/bin/env bash
# Runs the interop suite against a daemon, with Debian's redis-py and with the newest one.
#
#   Tests/Interop/run.sh [DAEMON] [module ...]
#
# As in `run.sh .build/release/tokenledgerd test_oracle test_writes`.
#
# Ends with `N passed, N failed, N skipped`; exit status 1 if anything failed, 2 if nothing ran.

set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$folder/../.." && pwd)
venv="$root/.build/interop-venv"
limit_seconds=1200
passed=0 failed=0 skipped=0

if [[ $# -gt 0 && $1 != test_* ]]; then
  daemon=$(realpath "$1")
  shift
else
  daemon=$(cd "$root" && swift build --show-bin-path)/tokenledgerd
fi
[[ -x $daemon ]] || { echo "no daemon at $daemon: swift build makes it" >&2; exit 2; }
export TOKENLEDGERD="$daemon" PYTHONDONTWRITEBYTECODE=1

counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

skip_all() {
  printf '\nSKIPPED all tests with %s: %s\n' "$1" "$2"
  skipped=$((skipped + 1))
}

newest_client() {
  [[ -x $venv/bin/python ]] || /usr/bin/python3 -m venv "$venv" || return
  "$venv/bin/pip" install --quiet --disable-pip-version-check --upgrade --retries 1 --timeout 20 \
    redis ||
    "$venv/bin/python" -c 'import redis'
}

# run_with NAME PYTHON [module ...]
run_with() {
  local name=$1 python=$2 version
  shift 2
  version=$("$python" -c 'import redis; print(redis.__version__)')
  printf '\n=== %s: redis-py %s ===\n' "$name" "$version"
  rm -f "$counts"
  timeout --kill-after=10 "$limit_seconds" "$python" "$folder/suite.py" "$counts" "$@" || true
  if [[ ! -s $counts ]]; then
    printf '\nFAILED the suite did not end with %s\n' "$name"
    failed=$((failed + 1))
    return
  fi
  local p f s
  read -r p f s <"$counts"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

if /usr/bin/python3 -c 'import redis' 2>/dev/null; then
  run_with "Debian's client" /usr/bin/python3 "$@"
else
  skip_all "Debian's redis-py" "python3-redis is not installed"
fi
if newest_client; then
  run_with "the newest client" "$venv/bin/python" "$@"
else
  skip_all "the newest redis-py" "it could not be installed from PyPI"
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((passed > 0)) || exit 2
((failed == 0))
