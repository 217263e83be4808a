#!/bin/sh
# Installs what the benchmarks drive, where we are root and apt is there.
set -u
for program in wrk nginx; do
  command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] && continue
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get -qq install -y --no-install-recommends "$program" >/dev/null
done
exit 0
