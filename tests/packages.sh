#!/bin/sh
# Installs the Debian packages that tests drive, where we are root and apt is there; else tests that lack one say so.
set -u
wanted="chromium newsboat rss2email feed2toot sfeed curl nginx libnginx-mod-http-brotli-static systemd procps"
missing=""
for package in $wanted; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  policy=/usr/sbin/policy-rc.d  # a server that tests need is installed, not started
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && trap 'rm -f "$policy"' EXIT
  fi
  apt-get -qq update >/dev/null && apt-get -qq install -y --no-install-recommends $missing >/dev/null \
    || echo "tests: could not install$missing" >&2
else
  echo "tests: not installed, and we are not root:$missing" >&2
fi
exit 0
