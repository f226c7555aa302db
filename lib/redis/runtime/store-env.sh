# Where the store of backups is and what opens it, as restic reads it; read with `.` by whatever runs restic.
# Reads   RESTIC_REPOSITORY   set by the pod: `s3:<endpoint>/<bucket>/<path>`, or the folder of the claim
#         AWS_DEFAULT_REGION  set by the pod, where the author says one
#         STORE               a mounted Secret: encryption-key; for a bucket access-key-id and secret-access-key; ca.crt where
#                             an authority of one's own signed for the endpoint
# Passwords go through files and the environment of restic alone, never through arguments.
: "${RESTIC_REPOSITORY:?}" "${STORE:=/etc/stalk/store}"
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
