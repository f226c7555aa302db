#!/usr/bin/env bash
# scripts/cluster.sh control-plane|NODES COMMAND...   Runs COMMAND with a Kubernetes API server to try things on:
# the one that KUBECONFIG names, else a throwaway one of the bench beside this repository, else none at all.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
nodes=$1
shift

home=${BENCH_HOME:-$HOME/.cache/stalk-bench}
bench=$root/../shared/bench
crds=$root/../shared/crds
if [ -d "$crds" ]; then export STALK_CRDS=$crds; fi
export PATH=$PATH:$home/bin

if [ -n "${KUBECONFIG:-}" ]; then
  exec "$@"
fi
if [ ! -x "$bench/up.sh" ]; then
  printf '!!! SKIPPED: no cluster to try the manifests on. Set KUBECONFIG to one that may be changed.\n' >&2
  exec "$@"
fi

# A cluster of its own: whoever works on the bench keeps theirs
export BENCH_ID=${BENCH_ID:-8}
"$bench/build.sh" >&2 || exit
# Nodes cannot pull there, so what they run is made first
if [ "$nodes" != control-plane ]; then "$root/test/e2e/images.sh" "$bench" >&2 || exit; fi
trap '"$bench/down.sh" >&2' EXIT
"$bench/up.sh" "$nodes" >&2 || exit
# The bench's first cluster has no number
export KUBECONFIG=$home/kubeconfig${BENCH_ID#0} STALK_BENCH=$bench STALK_NODES=$home/run${BENCH_ID#0}/pids
"$@"
