# The demo over PostgreSQL; demo.sh says what each function is for.
server_name=PostgreSQL
pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$dir" "$@"
  else
    "$@"
  fi
}

start_server() {
  mkdir "$dir/pg" "$dir/socket"
  [ "$(id -u)" = 0 ] && chown postgres: "$dir/pg" "$dir/socket"
  local port
  port=$(free_port)
  as_postgres "$pg_bin/initdb" -D "$dir/pg" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >/dev/null
  cat >>"$dir/pg/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$dir/socket'
wal_level = logical
shared_buffers = 64MB
fsync = off
END
  if ! as_postgres "$pg_bin/pg_ctl" -D "$dir/pg" -l "$dir/pg/log" -w start >/dev/null; then
    cat "$dir/pg/log" >&2
    return 1
  fi
  shop_uri="postgresql://postgres@127.0.0.1:$port/shop"
  source_lines="postgres: postgresql://leat@127.0.0.1:$port/shop
    tables: [public.*]"
  "$pg_bin/createdb" -h 127.0.0.1 -p "$port" -U postgres shop
  "$pg_bin/psql" -q -X -v ON_ERROR_STOP=1 -f "$here/schema.sql" "$shop_uri" >/dev/null
}

stop_server() {
  [ -e "$dir/pg/postmaster.pid" ] || return 0
  as_postgres "$pg_bin/pg_ctl" -D "$dir/pg" -m immediate stop >/dev/null 2>&1
}

ask_server() { "$pg_bin/psql" -X -A -t -F ' ' -c "$1" "$shop_uri"; }
