# The demo over MariaDB; demo.sh says what each function is for.
server_name=MariaDB
mariadb_pid=

# MariaDB refuses to run as root. Words before the command and no function: what runs in the
# background is then the server itself, and can be ended.
as_nobody=()
[ "$(id -u)" = 0 ] && as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

start_server() {
  mkdir "$dir/mariadb" "$dir/mariadb/tmp"
  [ "$(id -u)" = 0 ] && chown -R nobody: "$dir/mariadb"
  mariadb_port=$(free_port)
  local where=(--no-defaults "--datadir=$dir/mariadb/data" "--tmpdir=$dir/mariadb/tmp")
  "${as_nobody[@]}" mariadb-install-db "${where[@]}" --skip-test-db --skip-name-resolve \
    --auth-root-authentication-method=normal >"$dir/install.log" 2>&1 ||
    { cat "$dir/install.log" >&2; return 1; }
  "${as_nobody[@]}" /usr/sbin/mariadbd "${where[@]}" --bind-address=127.0.0.1 --port="$mariadb_port" \
    --socket="$dir/mariadb/socket" --pid-file="$dir/mariadb/pid" --server-id=1 --log-bin=binlog \
    --binlog-format=ROW --binlog-row-metadata=FULL --sync-binlog=0 \
    --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M >"$dir/mariadb.log" 2>&1 &
  mariadb_pid=$!
  until as_root "SELECT 1" >/dev/null 2>&1; do
    kill -0 "$mariadb_pid" 2>/dev/null || { cat "$dir/mariadb.log" >&2; mariadb_pid=; return 1; }
    sleep 0.1
  done
  shop_uri="mysql://root@127.0.0.1:$mariadb_port/shop"
  source_lines="mysql: mysql://leat@127.0.0.1:$mariadb_port/shop"
  as_root "CREATE DATABASE shop CHARACTER SET utf8mb4"
  as_root "source $here/schema_mariadb.sql" shop
}

stop_server() { end_process "$mariadb_pid" KILL; }

as_root() {  # STATEMENTS [DATABASE]
  mariadb --no-defaults --default-character-set=utf8mb4 -h 127.0.0.1 -P "$mariadb_port" -u root \
    --batch --skip-column-names --execute="$1" "${@:2}"
}

ask_server() { as_root "$1" shop | tr '\t' ' '; }
