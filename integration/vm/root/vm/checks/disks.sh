# A bundle on a disk with no room: the create fails clearly, nothing of it is left, and with room it works.

# move_bundle FOLDER: puts what is in $bundle on another file system
move_bundle() {
  mkdir -p "$1"
  cp -p "$bundle"/* "$1/"
  sed -i "s:$bundle:$1:" "$1/config.json"
  cp -p "$1/config.json" "$1/before.json"
  bundle=$1
}

# refused_for REASON: what the create said in /run/output, and what it left
refused_for() {
  expect_value "cannot replace container configuration \"$bundle/config.json\": $1" "$(sed 's/ (cdictl errors [A-Z_]*)$//' /run/output)" 'the message'
  expect_same "$bundle/before.json" "$bundle/config.json"
  for file in "$bundle"/.config.json.*; do [ ! -e "$file" ] || fail "$(basename "$file") is left behind"; done
}

# Writes until there is no room.
FILL='dd if=/dev/zero bs=1024 count=4096 of='

check_disk_full() {
  mkdir /run/small
  mount -t tmpfs -o size=256k tmpfs /run/small
  bundle disk-full vm.example/node=fuse </dev/null
  move_bundle /run/small/bundle
  status 1 ${FILL}/run/small/filler
  status 1 cdi-crun create --bundle "$bundle" disk-full >/run/output 2>&1
  refused_for 'the disk is full'
  rm /run/small/filler
  status 0 cdi-crun run --bundle "$bundle" disk-full
  expect_text /dev/fuse "$bundle/config.json"
  umount /run/small
}

# Quotas bind everybody but root, so a user creates, with a runtime that only succeeds.
check_disk_quota() {
  mkdir /run/disk
  mount -t ext4 -o usrquota /dev/vda /run/disk
  bundle disk-quota vm.example/node=fuse </dev/null
  move_bundle /run/disk/bundle
  chown -R 1000:1000 "$bundle"
  status 0 /vm/set-quota /dev/vda 1000 64
  status 1 as_user "$FILL$bundle/filler"
  status 1 as_user "cdi-runtime create --bundle $bundle disk-quota" >/run/output 2>&1
  refused_for 'the disk quota is used up'
  status 0 /vm/set-quota /dev/vda 1000 0
  status 0 as_user "cdi-runtime create --bundle $bundle disk-quota"
  expect_text /dev/fuse "$bundle/config.json"
  umount /run/disk
}

# The power goes when the runtime has just started: the rename is in the journal, and what was never synced is lost.
check_power_cut() {
  cut ext4 defaults /dev/vdb
  cut ext4 noauto_da_alloc /dev/vdb
  cut xfs defaults /dev/vdc
}

# cut TYPE OPTIONS DEVICE
cut() {
  mkdir -p /run/cut
  mount -t "$1" -o "$2" "$3" /run/cut
  rm -rf /run/cut/bundle
  sync
  bundle power-cut vm.example/node=fuse </dev/null
  move_bundle /run/cut/bundle
  sync
  CDI_RUNTIME_CONFIG=/vm/stand-in.yaml status 0 cdi-runtime create --bundle "$bundle" power-cut
  cp "$bundle/config.json" /run/wanted.json
  expect_text /dev/fuse /run/wanted.json
  status 0 /vm/cut-power /run/cut
  umount /run/cut
  mount -t "$1" -o "$2" "$3" /run/cut
  expect_same /run/wanted.json "$bundle/config.json"
  umount /run/cut
}

as_user() {
  CDI_RUNTIME_CONFIG=/vm/stand-in.yaml su -p -s /bin/sh user -c "$1"
}
