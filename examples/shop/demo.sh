#!/usr/bin/env bash
# A throwaway PostgreSQL or MariaDB with a shop in it, `leat run` over it, a stream of orders, and what
# the views show, for a minute. Everything lives in one temporary directory and goes with it.
#
#   examples/shop/demo.sh [--mysql] [--keep] [--seconds N]      (./dev demo builds first, then runs this)
#
# Each server's own part is a file, which has:
#   server_name       for people
#   start_server      starts it with the shop, and sets shop_uri (the driver's) and source_lines
#                     (leat.yaml's)
#   stop_server       ends what start_server began, as far as it came
#   ask_server QUERY  the answer's one row, its values with a blank between them
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${LEAT_BUILD:-$root/build/release}

server=postgres keep=0 seconds=60 rate=500
while [ $# -gt 0 ]; do
  case "$1" in
    --mysql) server=mariadb ;;
    --keep) keep=1 ;;
    --seconds) seconds=${2:?"--seconds needs a number"}; shift ;;
    *) echo "usage: ./dev demo [--mysql] [--keep] [--seconds N]" >&2; exit 2 ;;
  esac
  shift
done

dir= leat_pid= driver_pid=

end_process() {  # PID SIGNAL: and waits for it
  [ -n "$1" ] || return 0
  kill "-$2" "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

cleanup() {
  trap '' INT TERM
  end_process "$driver_pid" TERM
  end_process "$leat_pid" TERM
  stop_server
  [ -n "$dir" ] && rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '%s\n' "$*"; }

free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 20000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  echo "no free port found" >&2
  return 1
}

# shellcheck source=examples/shop/postgres.sh
. "$here/$server.sh"

start_leat() {
  sql_port=$(free_port) http_port=$(free_port)
  cat >"$dir/leat.yaml" <<END
data_dir: $dir/data
listen: {sql: $sql_port, http: $http_port}
memory_limit: 96MB
sources:
  shop:
    $source_lines
views: $here/views/*.sql
END
  "$bin/cli/leat" check --config "$dir/leat.yaml" || true
  say
  say "\$ leat run"
  "$bin/cli/leat" run --config "$dir/leat.yaml" >"$dir/leat.log" 2>&1 &
  leat_pid=$!
  until views_live; do
    kill -0 "$leat_pid" 2>/dev/null || { cat "$dir/leat.log"; leat_pid=; return 1; }
    sleep 0.1
  done
  cat "$dir/leat.log"
  say
}

leat() { "$bin/cli/leat" "$@" --config "$dir/leat.yaml"; }

views_live() { leat query "SELECT count(*) FROM order_lines" --format csv >/dev/null 2>&1 &&
  leat query "SELECT count(*) FROM city_sales" --format csv >/dev/null 2>&1; }

resident_mb() { awk '/^VmRSS/ {printf "%d", $2 / 1024}' "/proc/$leat_pid/status"; }

page() {
  leat status
  say
  leat query "SELECT * FROM city_sales ORDER BY amount DESC LIMIT 4"
}

# On a terminal the same lines again and again; in a file a page every five seconds.
show_page() {
  local text
  text=$(page)
  if [ -t 1 ] && [ "${drawn:-0}" -gt 0 ]; then printf '\e[%dA\e[J' "$drawn"; fi
  printf '%s\n' "$text"
  drawn=$(printf '%s\n' "$text" | wc -l)
  [ -t 1 ] || say
}

watch_views() {
  local end=$((SECONDS + seconds)) pause=5
  [ -t 1 ] && pause=1
  while [ $keep = 1 ] || [ $SECONDS -lt $end ]; do
    kill -0 "$leat_pid" 2>/dev/null || { tail -20 "$dir/leat.log"; leat_pid=; return 1; }
    show_page
    sleep "$pause"
  done
}

totals="SELECT count(*), sum(amount) FROM"

# With the stream at rest both answers must be the same.
compare() {
  end_process "$driver_pid" TERM; driver_pid=
  local query theirs ours
  query=$(sed -e '1d' -e 's/;$//' "$here/views/order_lines.sql")
  theirs=$(ask_server "$totals ($query) v")
  for _ in $(seq 600); do
    ours=$(leat query "$totals order_lines" --format csv | sed -n '2s/,/ /p')
    [ "$ours" = "$theirs" ] && break
    sleep 0.1
  done
  local width=$((${#server_name} + 22))
  printf "%-${width}s%s\n" "$server_name, running the query:" "${theirs/ / lines, amount }"
  printf "%-${width}s%s\n" "Leat, reading the view:" "${ours/ / lines, amount }"
  [ "$ours" = "$theirs" ]
}

say "starting a throwaway $server_name: 100,000 orders, 10,000 customers, 1,000 products"
dir=$(mktemp -d "${TMPDIR:-/tmp}/leat-demo.XXXXXX")
chmod 755 "$dir"
start_server
start_leat
say "psql -h 127.0.0.1 -p $sql_port leat       curl http://127.0.0.1:$http_port/metrics"
say "streaming $rate transactions/s into the shop"
say
"$bin/examples/shop_driver" "$shop_uri" "$rate" &
driver_pid=$!
watch_views
say
compare
say "resident memory of leat: $(resident_mb) MB"
say
kill -TERM "$leat_pid"
status=0
wait "$leat_pid" || status=$?
leat_pid=
tail -2 "$dir/leat.log"
exit $status
