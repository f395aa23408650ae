# Device nodes of the VM, and the filter (eBPF) in front of them.

check_generated_spec() {
  bundle generated-spec vm.example/node=fuse </dev/null
  status 0 cdi-crun create --bundle "$bundle" generated-spec
  status 0 cdi-crun delete --force generated-spec
  major=$((0x$(stat -c %t /dev/fuse))) minor=$((0x$(stat -c %T /dev/fuse)))
  expect_text "{\"allow\":true,\"type\":\"c\",\"major\":$major,\"minor\":$minor,\"access\":\"rw\"}" "$bundle/config.json"
}

check_fuse_with_request() {
  run fuse-with-request vm.example/node=fuse <<'EOF'
opens /dev/fuse rw
EOF
  expect_line '/dev/fuse opens for rw' "$bundle/output"
}

# A node that the container makes by itself shows that the filter denies it, and not only that the node is not there.
check_fuse_without_request() {
  bundle fuse-without-request '' <<EOF
opens /dev/fuse rw
mknod /dev/mine c $((0x$(stat -c %t /dev/fuse))) $((0x$(stat -c %T /dev/fuse)))
opens /dev/mine rw
EOF
  before=$(identity "$bundle/config.json")
  status 0 cdi-crun run --bundle "$bundle" fuse-without-request >"$bundle/output" 2>&1
  expect_line '/dev/fuse is absent' "$bundle/output"
  expect_line '/dev/mine for rw: Operation not permitted' "$bundle/output"
  expect_same "$bundle/before.json" "$bundle/config.json"
  expect_value "$before" "$(identity "$bundle/config.json")" 'the identity of config.json'
}

check_rule_missing() {
  run rule-missing vm.example/node=fuse-without-rule <<'EOF'
opens /dev/fuse rw
EOF
  expect_line '/dev/fuse for rw: Operation not permitted' "$bundle/output"
}

# The spec gives no numbers: the shim takes them from the node. The rule allows to write, and nothing else.
check_kmsg() {
  run kmsg vm.example/node=kmsg <<'EOF'
opens /dev/kmsg w
opens /dev/kmsg r
echo 'a line of the container' >/dev/kmsg
EOF
  expect_line '/dev/kmsg opens for w' "$bundle/output"
  expect_line '/dev/kmsg for r: Operation not permitted' "$bundle/output"
  dmesg >"$bundle/dmesg"
  grep -q 'a line of the container' "$bundle/dmesg" || fail 'the line of the container is not in the kernel log'
}

# A block device under another name, to read from: the label of its file system is at this place.
check_disk() {
  run disk vm.example/node=disk <<'EOF'
opens /dev/disk r
opens /dev/disk w
echo "label $(dd if=/dev/disk bs=1 skip=1144 count=7 2>/dev/null)"
EOF
  expect_line '/dev/disk opens for r' "$bundle/output"
  expect_line '/dev/disk for w: Operation not permitted' "$bundle/output"
  expect_line 'label vm-disk' "$bundle/output"
}

check_user_namespace() {
  NAMESPACES=', {"type": "user"}], "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
    "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}'
  run user-namespace vm.example/node=fuse,vm.example/edit=mount <<'EOF'
opens /dev/fuse rw
echo "uid $(id -u), of the host $(awk '{ print $2 }' /proc/self/uid_map)"
echo "the file of the host has the owner $(stat -c %u /opt/driver/greeting)"
EOF
  expect_line '/dev/fuse opens for rw' "$bundle/output"
  expect_line 'uid 0, of the host 100000' "$bundle/output"
  expect_line 'the file of the host has the owner 0' "$bundle/output"
}
