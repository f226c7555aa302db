# Counts what a Redis holds, by queue and by the start of other keys; read with `.`. The reader defines `redis`, which is
# redis-cli with a connection, and gives count.lua, which has the form of a line.

# count <lua>: lines of `<database> <kind> <name> <number> <since> <due>`; fails when Redis refuses. It takes steps, so that
# a Redis at work is held up for milliseconds.
count() {
  databases=$(redis info keyspace | sed -n 's/^db\([0-9]*\):.*/\1/p') || return 1
  for database in $databases; do
    cursor=0
    while :; do
      step=$(redis -n "$database" --raw eval "$1" 0 "$cursor" 2000) || return 1
      cursor=${step%%
*}
      case $cursor in '' | *[!0-9]*) echo "$step" >&2; return 1 ;; esac
      printf '%s\n' "$step" | sed "1d;s/^/$database /"
      [ "$cursor" != 0 ] || break
    done
  done
}

# Adds up lines of one name.
total() {
  awk '{ key = $1 " " $2 " " $3; if (!(key in n)) { order[++keys] = key; rest[key] = $5 " " $6 } n[key] += $4 }
    END { for (i = 1; i <= keys; i++) print order[i], n[order[i]], rest[order[i]] }'
}
