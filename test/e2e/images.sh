#!/usr/bin/env bash
# test/e2e/images.sh BENCH   Makes the images that the reference tenants name, where they cannot be pulled:
# Debian's Redis, and the small apps of test/apps in the place of the real ones. Made again when what is in them changes.
set -euo pipefail
bench=$1
apps=$(cd "$(dirname "${BASH_SOURCE[0]}")/../apps" && pwd)
images=${BENCH_HOME:-$HOME/.cache/stalk-bench}/images

# An app is told where it is by its image: `python manage.py` and `celery -A` look in the working directory
in_app_folder() { # archive
  python3 - "$1" <<'PYTHON'
import io, json, os, sys, tarfile
with tarfile.open(sys.argv[1]) as old, tarfile.open(f"{sys.argv[1]}.new", "w") as new:
    for member in old:
        content = old.extractfile(member)
        if member.name == "config.json":
            config = json.load(content)
            config["config"]["WorkingDir"] = "/app"
            content = io.BytesIO(json.dumps(config).encode())
            member.size = len(content.getvalue())
        new.addfile(member, content)
os.replace(f"{sys.argv[1]}.new", sys.argv[1])
PYTHON
}

make() { # name, folder of the app or nothing, Debian packages...
  local name=$1 app=$2 full=$1 archive sum options=()
  shift 2
  [[ $name == */* ]] || full=library/$name
  archive=$images/docker.io_${full//[\/:]/_}.tar
  [ -z "$app" ] || options=(--pip "$apps/$app/requirements.txt" --copy "$apps/$app")
  sum=$({ echo "$*"; [ -z "$app" ] || tar -C "$apps/$app" --exclude=__pycache__ --sort=name --mtime=@0 -cf - .; } | sha256sum)
  if [ -f "$archive" ] && [ "$(cat "$archive.sum" 2>/dev/null)" = "$sum" ]; then return; fi
  printf 'image %s\n' "$name" >&2
  rm -f "$archive.sum"
  # No cluster has this number, so the archive goes to no node before it is complete
  BENCH_ID=9 "$bench/image.sh" "$name" "$@" "${options[@]}"
  [ -z "$app" ] || in_app_folder "$archive"
  echo "$sum" >"$archive.sum"
}

make redis:7.2.11-alpine '' redis-server
make typesafe-backend:1.0.0 typesafe python3 python-is-python3
make paperless-ngx/paperless-ngx:3.0.0 paperless python3 python-is-python3
