# Deletes the keys of one tenant, in steps that hold Redis up for milliseconds: <database> <pattern…>. Says how many.
# `cli` is that of lib/cluster/redis-cli.ts.
set -eu
database=$1 gone=0
shift
step='local scanned = redis.call("SCAN", ARGV[1], "MATCH", ARGV[2], "COUNT", 2000)
if #scanned[2] > 0 then redis.call("UNLINK", unpack(scanned[2])) end
return scanned[1] .. " " .. #scanned[2]'
for pattern; do
  cursor=0
  while :; do
    reply=$(cli admin -n "$database" --raw eval "$step" 0 "$cursor" "$pattern")
    cursor=${reply% *}
    case $cursor in '' | *[!0-9]*) echo "$reply" >&2; exit 1 ;; esac
    gone=$((gone + ${reply#* }))
    [ "$cursor" != 0 ] || break
  done
done
echo "$gone"
