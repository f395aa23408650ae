# Runs the check that $1 names, and ends as it ends. Why it failed goes to /run/reason.
set -eu
for part in /vm/bundle.sh /vm/expect.sh /vm/checks/*.sh; do . "$part"; done
check=check_$(echo "$1" | tr - _)
type "$check" >/dev/null 2>&1 || fail 'there is no such check'
"$check"
