# What makes a host of the bare kernel.

mount_file_systems() {
  mkdir -p /proc /sys /dev /run /tmp /etc/cdi /var/log
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t devtmpfs devtmpfs /dev
  mkdir -p /dev/pts /dev/shm
  mount -t devpts -o ptmxmode=666 devpts /dev/pts
  mount -t tmpfs tmpfs /dev/shm
  mount -t tmpfs -o mode=755 tmpfs /run
  mount -t tmpfs tmpfs /tmp
  ln -s /run /var/run
  # as udev does
  chmod 666 /dev/fuse
}

# All controllers, for groups below the root; a group that has children may hold no process, so we move out of it.
enable_controllers() {
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  mkdir /sys/fs/cgroup/init
  echo $$ >/sys/fs/cgroup/init/cgroup.procs
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
  done
}

load_modules() {
  while read -r module; do insmod "/vm/modules/$module.ko"; done </vm/modules/list
}

# "major: 10, minor: 229", from the file of /sys that says so
numbers() {
  IFS=: read -r major minor <"$1"
  echo "major: $major, minor: $minor"
}

# A spec of this host's devices, with what the kernel says of them, and one of edits that need no device.
write_specs() {
  cat >/etc/cdi/node.yaml <<EOF
cdiVersion: 0.7.0
kind: vm.example/node
devices:
  - name: fuse
    containerEdits:
      deviceNodes: [{ path: /dev/fuse, type: c, $(numbers /sys/class/misc/fuse/dev), permissions: rw }]
  - name: fuse-without-rule
    containerEdits:
      deviceNodes: [{ path: /dev/fuse, type: c, $(numbers /sys/class/misc/fuse/dev), permissions: none }]
  - name: kmsg
    containerEdits:
      deviceNodes: [{ path: /dev/kmsg, permissions: w }]
  - name: disk
    containerEdits:
      deviceNodes: [{ path: /dev/disk, hostPath: /dev/vda, type: b, $(numbers /sys/block/vda/dev), permissions: r }]
EOF
  cat >/etc/cdi/edit.yaml <<'EOF'
cdiVersion: 0.7.0
kind: vm.example/edit
devices:
  - name: env
    containerEdits:
      env: [GREETING=hello from the spec]
  - name: mount
    containerEdits:
      mounts: [{ hostPath: /run/driver, containerPath: /opt/driver, type: bind, options: [bind, ro, nosuid, nodev] }]
  - name: gids
    containerEdits:
      additionalGids: [4711, 4712]
  - name: hook
    containerEdits:
      hooks: [{ hookName: createRuntime, path: /vm/hook, args: [hook, /run/hook] }]
EOF
  mkdir /run/driver
  echo 'a file of the host' >/run/driver/greeting
}

# The root file system of all containers. Mount points are there before several containers start at once.
fill_rootfs() {
  root=/vm/rootfs
  mkdir -p $root/proc $root/dev $root/tmp $root/opt/driver
  : >$root/script
  cp /bin/busybox $root/bin/
  # by hard links: others would name a path of the VM
  $root/bin/busybox --install $root/bin
}

remove_containers() {
  for id in $(crun list -q); do crun delete --force "$id" || true; done
}
