# What checks say of what they expect. Each ends the check with a reason if it is not so.

fail() {
  printf %s "$*" >/run/reason
  exit 1
}

# expect_line LINE FILE: one of the file's lines is just so
expect_line() {
  grep -qxF -e "$1" "$2" || fail "the line \"$1\" is not in $(basename "$2"), which says: $(tr '\n' '|' <"$2")"
}

# expect_text TEXT FILE: the text is somewhere in it
expect_text() {
  grep -qF -e "$1" "$2" || fail "\"$1\" is not in $(basename "$2"), which says: $(tr '\n' '|' <"$2")"
}

expect_same() {
  cmp -s "$1" "$2" || fail "$(basename "$1") and $(basename "$2") differ: $(diff "$1" "$2" | grep '^[-+]' | tr '\n' '|')"
}

# expect_value WANTED SEEN WHAT
expect_value() {
  [ "$1" = "$2" ] || fail "$3 is \"$2\", not \"$1\""
}

# status WANTED COMMAND…: the command ends with this exit status
status() {
  wanted=$1 seen=0
  shift
  "$@" || seen=$?
  expect_value "$wanted" "$seen" "the exit status of $(basename "$1") ${2:-}"
}
