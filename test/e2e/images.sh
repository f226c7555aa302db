#!/usr/bin/env bash
# test/e2e/images.sh BENCH   Makes the images that the reference tenants name, where they cannot be pulled: Debian's
# Redis, PostgreSQL and restic, the small apps of test/apps in the place of the real ones, metrics-server, which tells an
# autoscaler how busy pods are, and an S3 server for backups. Made again when they change.
set -euo pipefail
bench=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
apps=$here/../apps
home=${BENCH_HOME:-$HOME/.cache/stalk-bench}

# image=folder of test/apps; all share one layer, so that it is made, and read by each node, once
tags=(
  redis:7.2.11-alpine= postgres:15=
  typesafe-backend:1.0.0=typesafe paperless-ngx/paperless-ngx:3.0.0=paperless redline-webgui:1.0.0=redline
  jewelry-shop/backend:1.8.0=jewelry-shop acme/jobs:2.4.1=acme
  python:3.12-alpine= prom/prometheus:v2.42.0= oliver006/redis_exporter:v1.69.0=@prometheus-redis-exporter
  restic/restic:0.18.1=
)
packages=(redis-server restic prometheus prometheus-redis-exporter postgresql python3 python3-gdbm python-is-python3)

current() { [ -f "$1" ] && [ "$(cat "$1.sum" 2>/dev/null)" = "$2" ]; }

# An image of one program of Go
program() { # image, module, version, what it starts with
  local file=$home/images/docker.io_${1//[\/:]/_}.tar bin
  current "$file" "$3" && return
  echo "image: $1" >&2
  bin=$(mktemp -d)
  CGO_ENABLED=0 GOBIN=$bin go install -ldflags '-s -w' "$2@$3"
  BENCH_ID=9 "$bench/image.sh" "$1" "$bin" "${@:4}"
  rm -rf "$bin"
  echo "$3" >"$file.sum"
}

program bench/metrics-server:1 sigs.k8s.io/metrics-server/cmd/metrics-server v0.9.0 /metrics-server
program bench/s3:1 github.com/johannesboyne/gofakes3/cmd/gofakes3 v1.2.0 /gofakes3 -backend memory -autobucket -host :9000

base=$home/stalk-base.tar
sum=$(cat "$apps/requirements.txt" <(echo "${packages[*]}") | sha256sum)
if ! current "$base" "$sum"; then
  echo 'image: packages of Debian and PyPI' >&2
  rm -f "$base.sum"
  # No cluster has this number: no node needs the layer alone
  BENCH_ID=9 "$bench/image.sh" stalk/base:1 "${packages[@]}" --pip "$apps/requirements.txt"
  mv "$home/images/docker.io_stalk_base_1.tar" "$base"
  echo "$sum" >"$base.sum"
fi

final=$home/images/docker.io_stalk_apps_1.tar
sum=$({ cat "$base.sum" "$here/images.py"; echo "${tags[*]}"; tar -C "$apps" --exclude=__pycache__ --sort=name --mtime=@0 -cf - .; } | sha256sum)
current "$final" "$sum" && exit
printf 'image %s\n' "${tags[@]%=*}" >&2
rm -f "$final.sum"
# Debian's, as in the images: byte code is for one version
/usr/bin/python3 "$here/images.py" "$base" "$apps" "$final" "${tags[@]}"
echo "$sum" >"$final.sum"
