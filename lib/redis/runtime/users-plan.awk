# Prints the commands that turn the accepted users of a Redis into the wanted ones; SETUSER with `reset` is one atomic
# step. Ends with 3 when files have changed while they were read.
#   awk -v passwords=FOLDER -v auth=FILE -v of=redis|sentinel -v more=RULES -v says=FILE -f users-plan.awk
#     kind=hashes FILE   what sha256sum says of every file of passwords
#     kind=roles FILE    `<role> <ending or -> <rules>`: a user of that role is called like its line with that ending
#     kind=users FILE    `<name> <own or -> <role> …`: the rules of its roles one after the other, with <own> filled in
#     kind=accepted FILE `user <name> on #<hash> … <rules>`: what Redis has taken
function say(text) { print "users: " text >says }

# Sets `hash` and `secret`, or `why` and `until`. With another RS a file is one record; a newline at its end does not
# count, and costs a process of its own.
function password(file,   path, found, rest, again) {
  hash = secret = ""
  why = "has no password yet"
  until = "until one arrives"
  path = passwords "/" file
  found = (getline secret <path) > 0
  again = found && (getline rest <path) > 0
  close(path)
  if (!found) return 0
  if (!(file in hashes)) exit 3
  why = "has a password that is not one line of A-Z a-z 0-9 _ - (" file ")"
  until = "until it is right"
  if (again || secret !~ /^[A-Za-z0-9_-]+\n?$/) return 0
  hash = hashes[file]
  if (sub(/\n$/, "", secret)) {
    again = "tr -d '\\n' <'" path "' | sha256sum"
    again | getline hash
    close(again)
    sub(/[^0-9a-f].*/, "", hash)
  }
  return 1
}

# Lets words pass only that begin as key, channel and command rules do: no `nopass`, no `>password`.
function read_role(   i, rules) {
  if ($0 ~ /[^ -~]|["'\\]/ || NF < 3) bad[$1] = "that are not one line of printable text"
  for (i = 3; i <= NF; i++) {
    rules = rules " " $i
    if ($i !~ /^([~&+%(-].*|resetkeys|resetchannels)$/) bad[$1] = "with a word that does not belong there (" $i ")"
  }
  ending[$1, ++endings[$1]] = $2 == "-" ? "" : $2
  text[$1, endings[$1]] = rules
}

# What is wrong with a line of users; nothing is known of its users then.
function problem(   i) {
  if ($1 !~ /^[a-z0-9][a-z0-9.-]*$/ || $1 ~ /\.next$/ || $1 in internal) return "is no name for a user: refused"
  if ($2 !~ /^[a-z0-9.:-]+$/) return "has a word of its own that does not belong there (" $2 ")"
  if (NF < 3) return "has no role"
  for (i = 3; i <= NF; i++) {
    if (!($i in endings)) return "has a role that is not there (" $i ")"
    if ($i in bad) return "has rules of role " $i " " bad[$i]
  }
  return ""
}

function fate(name) { return (name in accepted) ? "kept as it is" : "left out " until }

function want(name, rules,   line) {
  if (name in wanted) { say(name " is there twice: the first counts"); return }
  wanted[name] = 1
  if (!password(name)) { say(name " " why ": " fate(name)); return }
  line = " on #" hash
  if (password(name ".next")) line = line " #" hash
  else if (secret != "") say(name " " why ": not used")
  line = name line rules more
  if (accepted[name] != "user " line) { sub(/ on /, " reset on ", line); print "ACL SETUSER " line }
}

BEGIN { internal["default"] = internal["admin"] = internal["probe"] = internal["exporter"] = 1 }
kind == "hashes" { hash = $1; sub(/^[^ ]* [ *]/, ""); sub(/.*\//, ""); hashes[$0] = hash }
kind == "roles" { read_role() }
kind == "users" { line[++lines] = $0 }
kind == "accepted" { accepted[$2] = $0; order[++users] = $2 }
END {
  RS = "\001"
  for (n = 1; n <= lines; n++) {
    $0 = line[n]
    name = $1
    wrong = problem()
    if (wrong != "") { until = "until it is right"; say(name " " wrong (wrong ~ /refused$/ ? "" : ": " fate(name))); unread = 1; continue }
    split("", rules)
    count = 0
    for (i = 3; i <= NF; i++) for (k = 1; k <= endings[$i]; k++) {
      e = ending[$i, k]
      if (!(e in rules)) each[++count] = e
      rules[e] = rules[e] text[$i, k]
    }
    own = $2
    for (i = 1; i <= count; i++) { e = each[i]; gsub(/<own>/, own, rules[e]); want(name e, rules[e]) }
  }
  # A line that cannot be read removes nobody
  if (!unread) for (n = 1; n <= users; n++) if (!(order[n] in wanted)) print "ACL DELUSER " order[n]
  if (of == "sentinel" || !("replica" in hashes) || !password("replica")) exit 0
  getline known <auth
  if (known != "masteruser replica\nmasterauth " secret "\n") print "CONFIG SET masteruser replica masterauth " secret
}
