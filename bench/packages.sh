#!/bin/sh
# Installs what the benchmarks drive, where we are root and apt is there; Pelican goes into a folder of its own.
set -u
for program in wrk nginx hugo; do
  command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] && continue
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get -qq install -y --no-install-recommends "$program" >/dev/null
done
if [ ! -x .venv/pelican/bin/pelican ]; then
  python3 -m venv .venv/pelican && .venv/pelican/bin/pip install --quiet --disable-pip-version-check pelican==4.11.0.post0 markdown==3.10
fi
exit 0
