# What start.sh and sentinel.sh ask of the other pods; read with `.`, after both have checked their variables.
# Nodes are `host:port`, the entry of a pod in its list has the pod's own number; or the path of a socket. Passwords go
# through REDISCLI_AUTH. With REDIS_TLS, the folder of ca.crt, tls.crt and tls.key, nodes speak TLS.
certificates=${REDIS_TLS:+--tls --cacert $REDIS_TLS/ca.crt --cert $REDIS_TLS/tls.crt --key $REDIS_TLS/tls.key}

# ask <node> <user> <password> <command…>: the reply without carriage returns; fails when nothing answers in time.
ask() {
  node=$1 user=$2 REDISCLI_AUTH=$3
  shift 3
  export REDISCLI_AUTH
  case $node in
    /*) way="-s $node" ;;
    *) way="-h ${node%:*} -p ${node##*:} $certificates" ;;
  esac
  timeout 3 redis-cli $way --user "$user" "$@" 2>/dev/null | tr -d '\r'
}

# entry <number> <node…>
entry() { shift "$(($1 + 1))" && echo "$1"; }

# named <user> <password>: sets $named to the node that most of those sentinels name that answer, $votes to their number.
named() {
  named='' votes=0 answers=''
  for sentinel in $SENTINELS; do
    set -- "$1" "$2" $(ask "$sentinel" "$1" "$2" sentinel get-master-addr-by-name primary)
    case $#:${4:-} in 4:*[!0-9]*) ;; 4:*) answers="$answers $3:$4" ;; esac # else an error, in words
    set -- "$1" "$2"
  done
  for one in $answers; do
    same=0
    for other in $answers; do [ "$one" != "$other" ] || same=$((same + 1)); done
    [ $same -le $votes ] || votes=$same named=$one
  done
}

# seen <user> <password> <seconds>: sets $seen to the number of sentinels that had an answer of the primary within so many
# seconds and do not think that it is dead; to 0 where one is replacing it.
seen() {
  seen=0
  for sentinel in $SENTINELS; do
    flags='' last=999999999
    reply=$(ask "$sentinel" "$1" "$2" sentinel master primary)
    while read -r key && read -r value; do
      case $key in
        flags) flags=$value ;;
        last-ok-ping-reply) last=$value ;; # milliseconds
      esac
    done <<END
$reply
END
    case $flags in
      *failover_in_progress*) seen=0 && return ;;
      *_down* | *disconnected* | '') ;;
      *) [ "$last" -ge $(($3 * 1000)) ] || seen=$((seen + 1)) ;;
    esac
  done
}

# replication <node> <user> <password>: sets $role, $following, $link, $offset, $replicas; all empty when it is away.
replication() {
  role='' following='' link='' offset=0 replicas=0 port=''
  reply=$(ask "$1" "$2" "$3" info replication)
  while IFS=: read -r key value; do
    case $key in
      role) role=$value ;;
      master_host) following=$value ;;
      master_port) port=$value ;;
      master_link_status) link=$value ;;
      slave_repl_offset) offset=$value ;;
      connected_slaves) replicas=$value ;;
    esac
  done <<END
$reply
END
  [ -z "$port" ] || following=$following:$port
}
