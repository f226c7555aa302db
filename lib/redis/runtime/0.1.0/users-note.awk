# Notes what Redis has accepted, command by command; ends with 1 when it went away in the middle.
#   awk -v says=FILE -v set=FILE -v auth=FILE -f users-note.awk
#     kind=accepted FILE kind=replies FILE kind=commands FILE
# Prints the accepted users anew; `set` gets the names of the new ones, `auth` what to write into auth.conf.
function say(text) { print "users: " text >says }

function names(list, count,   i, text) {
  for (i = 1; i <= count && i <= 20; i++) text = text " " list[i]
  return count > 20 ? text " and " count - 20 " more" : text
}

kind == "accepted" { user[$2] = $0; order[++users] = $2 }
kind == "replies" && $0 != "" { reply[++replies] = $0 }
kind == "commands" && at == replies { gone = 1 }
kind == "commands" && at < replies {
  answer = $2 ":" reply[++at]
  name = $3
  if (answer == "SETUSER:OK") {
    if (!(name in user)) order[++users] = name
    sub(/^ACL SETUSER [^ ]+ reset /, "")
    user[name] = "user " name " " $0
    added[++additions] = name
  } else if (answer ~ /^DELUSER:[01]$/) {
    delete user[name]
    removed[++removals] = name
  } else if (answer == "SET:OK") print "masteruser replica\nmasterauth " $6 >auth
  else say(name ": Redis refuses this change, nothing of it applies: " reply[at])
}
END {
  for (i = 1; i <= users; i++) if (order[i] in user) print user[order[i]]
  if (removals > 0) say("removed:" names(removed, removals))
  if (additions > 0) print names(added, additions) >set
  exit gone
}
