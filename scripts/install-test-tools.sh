#!/bin/sh
# Installs the Debian packages that the tests use as real peers, when it can: as root, on a system with apt.
# Where it cannot, it says so and goes on; each suite that misses a tool is then skipped by name.
set -u
wanted=""
need() { # command, package
  if ! command -v "$1" >/dev/null 2>&1 && [ ! -x "/usr/sbin/$1" ]; then wanted="$wanted $2"; fi
}
need linphonec linphone-cli
need kamailio kamailio
need sipp sip-tester
need tftp tftp-hpa
need atftp atftp
need curl curl
need openssl openssl
need ip iproute2
need xmllint libxml2-utils
need prlimit util-linux
need nginx nginx-light
if [ ! -e /usr/lib/nginx/modules/ngx_stream_module.so ]; then wanted="$wanted libnginx-mod-stream"; fi
need systemd-analyze systemd
need fail2ban-regex fail2ban
need strace strace
need faketime faketime
need mount mount
need kea-dhcp4 kea-dhcp4-server
need dhcpd isc-dhcp-server
need dnsmasq dnsmasq-base
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then wanted="$wanted postgresql"; fi
[ -z "$wanted" ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Tests that need these packages will be skipped:$wanted"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # one word per package
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted; } >/dev/null 2>&1 || echo "Could not install:$wanted; tests that need them will be skipped"
exit 0
