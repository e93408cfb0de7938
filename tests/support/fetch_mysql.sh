#!/usr/bin/env bash
# A real MySQL server for tests: Debian 12 has only MariaDB, so Debian's newer archive (sid) is
# unpacked into a directory of its own, with its own C library; nothing of it is installed.
#
#   tests/support/fetch_mysql.sh [DIR]     DIR: LEAT_MYSQL_DIR, or /var/cache/leat/mysql
#
# About 560 MB and a minute. Does nothing where it is there. Fails where the archive cannot be
# reached; the tests that need it then skip, and say so.
set -euo pipefail

dir=${1:-${LEAT_MYSQL_DIR:-/var/cache/leat/mysql}}
[ -x "$dir/usr/sbin/mysqld" ] && exit 0

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# The archive that apt itself uses (a mirror, a proxy), so that it works wherever apt does.
archive=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
  sed -nE 's/^URIs: *([^ ]*\/debian)\/?( .*)?$/\1/p; s/^deb (\[[^]]*\] )?([^ ]*\/debian)\/? .*/\2/p' |
  sed -n 1p)
archive=${archive:-http://deb.debian.org/debian}

echo "fetching MySQL from $archive (sid) into $dir"
part=$dir.part
as_root rm -rf "$part"
as_root mkdir -p "$part"
as_root debootstrap --variant=minbase --include=mysql-server-core sid "$part" "$archive" >"$part.log" 2>&1 ||
  { tail -5 "$part.log" >&2; as_root rm -rf "$part"; exit 1; }
as_root rm -rf "$part/var/cache/apt" "$dir"
as_root mv "$part" "$dir"
"$dir"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 --library-path "$dir/usr/lib/x86_64-linux-gnu" \
  "$dir/usr/sbin/mysqld" --version
