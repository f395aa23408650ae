# Creates that must fail: status 1, one line that says why, no container, and config.json as it was.

# refused NAME PATTERN: the create of $bundle fails, with a message like this
refused() {
  before=$(identity "$bundle/config.json")
  status 1 cdi-crun --log "$bundle/log" --log-format json create --bundle "$bundle" "$1" \
    >"$bundle/stdout" 2>"$bundle/stderr"
  message=$(cat "$bundle/stderr")
  # without quotes it is a pattern
  case $message in $2) ;; *) fail "the message is: $message" ;; esac
  expect_value 1 "$(wc -l <"$bundle/stderr")" 'the number of lines of the message'
  expect_value '' "$(cat "$bundle/stdout")" 'standard output'
  expect_value 1 "$(wc -l <"$bundle/log")" 'the number of lines in the log'
  expect_text '"level":"error"' "$bundle/log"
  expect_same "$bundle/before.json" "$bundle/config.json"
  expect_value "$before" "$(identity "$bundle/config.json")" 'the identity of config.json'
  [ ! -e "/run/crun/$1" ] || fail 'there is a container'
  [ ! -e "/sys/fs/cgroup/vm/$1" ] || fail 'there is a cgroup'
  # what an engine does after a failed create
  status 0 cdi-crun delete --force "$1"
}

check_unknown_device() {
  bundle unknown-device vm.example/node=fuze </dev/null
  refused unknown-device 'cannot resolve device "vm.example/node=fuze" (asked for by annotation cdi.k8s.io/vm): *; did you mean "fuse"? (cdictl errors UNRESOLVED_DEVICE)'
}

check_node_that_is_gone() {
  bundle node-that-is-gone vm.example/node=kmsg </dev/null
  trap 'mv /dev/gone /dev/kmsg' EXIT
  mv /dev/kmsg /dev/gone
  refused node-that-is-gone 'cannot inject device node "/dev/kmsg" of spec "/etc/cdi/node.yaml": *: the host does not have it; *'
}

# A mistake in our settings is no reason to stop a container that asks for nothing.
check_broken_settings() {
  settings=/etc/cdi-runtime/config.yaml
  trap 'mv /run/settings.yaml $settings' EXIT
  cp -p $settings /run/settings.yaml
  echo 'nonsense: true' >>$settings
  bundle broken-settings vm.example/node=fuse </dev/null
  refused broken-settings "cannot read settings \"$settings\": line $(wc -l <$settings), column 1: field \"nonsense\" is unknown*"
  run broken-settings '' </dev/null
}
