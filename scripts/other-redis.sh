#!/usr/bin/env bash
# Gets Redis, Valkey and redis_exporter of the next Debian without installing them: packages and their libraries, unpacked
# in a folder. Prints the folders to put first on PATH, one for each server, whose `redis-server` and `redis-cli` it is.
#
#   scripts/other-redis.sh build/other-redis
#   PATH=build/other-redis/valkey/bin:$PATH npm run test:live -- test/live/isolation-attacks.test.ts
set -euo pipefail

folder=${1:?usage: scripts/other-redis.sh <folder>}
mkdir -p "$folder"/lists/partial "$folder"/packages
folder=$(cd "$folder" && pwd)
release=trixie
packages='redis-server redis-tools valkey-server valkey-tools prometheus-redis-exporter libc6 libgcc-s1 libstdc++6 libjemalloc2 libssl3t64
  libsystemd0 libcap2 libgomp1 liblzf1 liblua5.1-0 lua-bitop lua-cjson zlib1g libzstd1'

# Where this machine has its own packages from
# shellcheck disable=SC2016 # apt's own words
site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $site $release main" >"$folder/sources.list"
apt=(apt-get -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::lists="$folder/lists" -o APT::Sandbox::User=root -qq)
"${apt[@]}" update
# shellcheck disable=SC2086 # words
(cd "$folder/packages" && "${apt[@]}" download $packages)
for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$folder/root"; done

root=$folder/root
libraries=$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu
loader=$(find "$root" -name 'ld-linux-x86-64.so.2' | head -n 1)
program() { # server, its program, the name that it gets
  mkdir -p "$folder/$1/bin"
  printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$loader" "$libraries" "$root/usr/bin/$2" >"$folder/$1/bin/$3"
  chmod +x "$folder/$1/bin/$3"
}
program redis redis-server redis-server
program redis redis-cli redis-cli
program valkey valkey-server redis-server
program valkey valkey-server valkey-server
program valkey valkey-cli redis-cli
for check in check-aof check-rdb; do
  program redis "redis-$check" "redis-$check"
  program valkey "valkey-$check" "redis-$check"
done
program exporter prometheus-redis-exporter prometheus-redis-exporter
for server in redis valkey; do
  "$folder/$server/bin/redis-server" --version >&2
  echo "$folder/$server/bin"
done
