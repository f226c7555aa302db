# A Redis user for the time of one tenant's restore: `add <seconds> <rules…>`, `remove`. A user whose maker was cut off goes
# by itself. `cli` is that of lib/cluster/redis-cli.ts.
set -eu
verb=$1
shift
case $verb in
  add)
    seconds=$1
    shift
    cli admin acl setuser restore reset on "$@"
    (
      sleep "$seconds"
      cli admin acl deluser restore
    ) </dev/null >/dev/null 2>&1 &
    ;;
  remove) cli admin acl deluser restore ;;
esac
