# Prints what the port $1 of this pod serves under /metrics, with whatever the image can ask by. Policies say nothing of a
# pod that asks itself, so this works where the API server is kept out.
set -eu
url=http://127.0.0.1:$1/metrics
can() { command -v "$1" >/dev/null 2>&1; }
if can python3; then
  exec python3 -c 'import sys, urllib.request as r; sys.stdout.write(r.urlopen(sys.argv[1], timeout=10).read().decode())' "$url"
elif can wget; then
  exec wget -q -T 10 -O - "$url"
elif can curl; then
  exec curl -fsS -m 10 "$url"
elif can bash; then
  exec bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET /metrics HTTP/1.0\r\n\r\n" >&3 && cat <&3' "$1"
fi
echo 'none of python3, wget, curl and bash is in the image' >&2
exit 3
