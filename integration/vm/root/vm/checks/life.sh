# The life of a container, and what the shim leaves of its configuration.

check_life() {
  bundle life vm.example/node=fuse <<'EOF'
exec sleep 1000
EOF
  status 0 cdi-crun create --bundle "$bundle" --pid-file "$bundle/pid" life
  until_status life created
  for path in /run/crun/life /sys/fs/cgroup/vm/life; do [ -d $path ] || fail "$path is missing"; done
  status 0 cdi-crun start life
  until_status life running
  [ -d "/proc/$(cat "$bundle/pid")" ] || fail 'the pid file names no process'
  cdi-crun exec life opens /dev/fuse rw >"$bundle/output" 2>&1 || fail "exec failed: $(cat "$bundle/output")"
  expect_line '/dev/fuse opens for rw' "$bundle/output"
  status 0 cdi-crun kill life KILL
  until_status life stopped
  status 0 cdi-crun delete life
  status 1 cdi-crun state life
}

# The link's name says nothing of a runtime, so the settings do; the request is a variable; 7 comes back.
check_run_by_settings() {
  VARIABLES=', "CDI_DEVICES=vm.example/node=fuse"'
  bundle run-by-settings '' <<'EOF'
opens /dev/fuse rw
exit 7
EOF
  status 7 cdi-runtime run --bundle "$bundle" run-by-settings >"$bundle/output" 2>&1
  expect_line '/dev/fuse opens for rw' "$bundle/output"
}

# Odd blanks, an unknown key, big and oddly spelled numbers: all of it stays, what is new follows its neighbours.
check_formatting() {
  bundle formatting '' </dev/null
  document() {
    printf '{ "ociVersion" :"1.0.2",\n\t"annotations":{"cdi.k8s.io/vm":"vm.example/node=fuse,vm.example/edit=env"},\n'
    printf '   "unknown": [18446744073709551615, 1.50e+1 , "\\u00e4\\/"],\r\n'
    printf '"process":{"args":["/bin/true"],"cwd":"/","env":["PATH=/bin"%s],"user":{"uid":0,"gid":0}},' "$1"
    printf '"root":{"path":"/vm/rootfs"},"mounts":[{"destination":"/proc","type":"proc","source":"proc"}],\n\n'
    printf '"linux":{"cgroupsPath":"/vm/formatting","resources":{"devices":[{"allow":false,"access":"rwm"}%s]},' "$2"
    printf '"namespaces":[{"type":"pid"},{"type":"mount"}]%s}  }\n\n' "$3"
  }
  numbers=$(printf '"major":%d,"minor":%d' "0x$(stat -c %t /dev/fuse)" "0x$(stat -c %T /dev/fuse)")
  document '' '' '' >"$bundle/config.json"
  document ',"GREETING=hello from the spec"' ",{\"allow\":true,\"type\":\"c\",$numbers,\"access\":\"rw\"}" \
    ",\"devices\":[{\"path\":\"/dev/fuse\",\"type\":\"c\",$numbers,\"fileMode\":438}]" >"$bundle/wanted.json"
  chmod 640 "$bundle/config.json"
  chown 0:1000 "$bundle/config.json"
  status 0 cdi-crun run --bundle "$bundle" formatting
  expect_same "$bundle/wanted.json" "$bundle/config.json"
  expect_value '640 0 1000' "$(stat -c '%a %u %g' "$bundle/config.json")" 'mode and owner of config.json'
}

# An engine that tries again, with the bundle of the first try.
check_again() {
  run again vm.example/node=fuse,vm.example/edit=mount,vm.example/edit=hook </dev/null
  expect_text '"/dev/fuse"' "$bundle/config.json"
  cp "$bundle/config.json" "$bundle/first.json"
  before=$(identity "$bundle/config.json")
  status 0 cdi-crun run --bundle "$bundle" again
  expect_same "$bundle/first.json" "$bundle/config.json"
  expect_value "$before" "$(identity "$bundle/config.json")" 'the identity of config.json'
}

# The kernel has the limits of the document, and they bind the container that got devices.
check_limits() {
  MEMORY=16777216 PIDS=8 QUOTA=50000
  bundle limits vm.example/node=fuse <<'EOF'
opens /dev/fuse rw
(for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1000 & done) 2>/tmp/said
grep -q 'fork' /tmp/said && echo 'no more processes'
killall sleep
dd if=/dev/zero of=/dev/null bs=20M count=1
i=0
while [ $i -lt 3000 ]; do i=$((i + 1)); done
echo 'the script lives'
exec sleep 1000
EOF
  status 0 cdi-crun create --bundle "$bundle" limits >"$bundle/output" 2>&1
  group=/sys/fs/cgroup/vm/limits
  expect_value 16777216 "$(cat $group/memory.max)" memory.max
  expect_value 8 "$(cat $group/pids.max)" pids.max
  expect_value '50000 100000' "$(cat $group/cpu.max)" cpu.max
  status 0 cdi-crun start limits
  until_line 'the script lives' "$bundle/output"
  expect_line '/dev/fuse opens for rw' "$bundle/output"
  expect_line 'no more processes' "$bundle/output"
  for wanted in 'memory.events oom_kill' 'pids.events max' 'cpu.stat nr_throttled'; do
    file=${wanted% *} key=${wanted#* }
    [ "$(awk -v key="$key" '$1 == key { print $2 }' "$group/$file")" -gt 0 ] || fail "$wanted is 0"
  done
  status 0 cdi-crun delete --force limits
}
