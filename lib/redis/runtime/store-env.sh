# Where the store of backups is and what opens it, as restic reads it; read with `.` by whatever runs restic.
# Reads   RESTIC_REPOSITORY   set by the pod: `s3:<endpoint>/<bucket>/<path>`, or the folder of the claim
#         AWS_DEFAULT_REGION  set by the pod, where the author says one
#         STORE               a mounted Secret: encryption-key; for a bucket access-key-id and secret-access-key; ca.crt where
#                             an authority of one's own signed for the endpoint
#         OPENING             seconds within which the store has to open: restic alone would try for a quarter of an hour
# Gives   store_opens, store_reason
# Passwords go through files and the environment of restic alone, never through arguments.
: "${RESTIC_REPOSITORY:?}" "${STORE:=/etc/stalk/store}" "${OPENING:=60}"
export RESTIC_REPOSITORY
export RESTIC_PASSWORD_FILE="$STORE/encryption-key"

# The first line of a file, with or without a newline at its end.
store_key() {
  store_value=''
  read -r store_value <"$STORE/$1" || [ -n "$store_value" ] || { echo "store: $1 is missing or empty" >&2; return 1; }
}

case $RESTIC_REPOSITORY in
  s3:*)
    store_key access-key-id || exit 1
    export AWS_ACCESS_KEY_ID="$store_value"
    store_key secret-access-key || exit 1
    export AWS_SECRET_ACCESS_KEY="$store_value"
    unset store_value
    ;;
esac
store_key encryption-key || exit 1
unset store_value
[ ! -s "$STORE/ca.crt" ] || export SSL_CERT_FILE="$STORE/ca.crt"

# store_opens <file>: whether the store answers, and the key fits; what restic says goes into the file. Else sets $store_why.
# The reader ends $child where it is told to end.
store_opens() {
  store_began=$(date +%s)
  timeout -k 5 "$OPENING" restic --no-cache cat config >"$1" 2>&1 & child=$!
  ! wait "$child" || { child=''; return 0; }
  child='' store_why="the store does not open"
  [ $(($(date +%s) - store_began)) -lt "$OPENING" ] || store_why="$store_why within $OPENING s"
  store_why="$store_why: $(store_reason "$1")"
  return 1
}

# store_reason <file>: the last reason among what restic says of its failures, tries and end.
store_reason() {
  store_said=$(sed -n 's/^.* returned error, retrying after [^:]*: //p;s/^Fatal: //p;s/.*"message":"Fatal: \(.*\)"}.*/\1/p' "$1" |
    grep -v 'context canceled' | tail -n 1 | cut -c 1-400)
  echo "${store_said:-no answer}"
}
