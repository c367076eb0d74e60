#!/usr/bin/env bash
# Run as root: installs the named packages without recommendations and without starting any service.
# Debian starts Mosquitto when it is installed; ours is started by the demo and the tests, with its own
# accounts, and a second broker that nobody asked for must not be left on the machine.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
ours=no
clean() { [ "$ours" = no ] || rm -f "$policy"; }
trap clean EXIT

had_mosquitto=no
[ "$(dpkg-query -W -f '${db:Status-Status}' mosquitto 2>/dev/null)" = installed ] && had_mosquitto=yes

if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

apt-get update
apt-get install -y --no-install-recommends "$@"

# Not now and not at the next boot either. A broker that was there before is left as it was.
if [ "$had_mosquitto" = no ]; then
    if command -v systemctl >/dev/null; then
        systemctl disable mosquitto.service || true
    else
        update-rc.d mosquitto disable || true
    fi
fi
