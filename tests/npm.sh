#!/bin/sh
# Installs the npm packages that tests drive below .venv, where node and npm are there; else tests that lack one say so.
set -u
wanted="rss-parser@3.13.0 axe-core@4.14.1 vnu-jar@26.9.27 open-graph-scraper@6.9.0 unfurl.js@6.4.0 link-preview-js@3.2.0"
for part in "" -author -date -description -image -lang -publisher -title -url; do
  wanted="$wanted metascraper$part@5.49.24"  # the last ones for node 20
done
place=".venv/npm"
cd "$(dirname "$0")/.." || exit 0
[ "$(cat "$place/.installed" 2>/dev/null)" = "$wanted" ] && exit 0
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
  mkdir -p "$place"
  npm install --prefix "$place" --silent --no-audit --no-fund --no-save --ignore-scripts $wanted >/dev/null \
    && echo "$wanted" >"$place/.installed" || echo "tests: could not install $wanted" >&2
else
  echo "tests: not installed, there is no npm: $wanted" >&2
fi
exit 0
