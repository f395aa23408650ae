# Bundles: what an engine hands over for a container, here always with limits and with a filter that denies all devices.

# A check may set these before it makes its bundle.
VARIABLES=
NAMESPACES=
MEMORY=67108864
PIDS=32
QUOTA=400000

# bundle NAME REQUEST: makes $bundle, for a container of this name that asks for these devices by an annotation.
# Standard input is the script that it runs.
bundle() {
  bundle=/run/bundles/$1
  mkdir -p "$bundle"
  cat >"$bundle/script"
  cat >"$bundle/config.json" <<EOF
{
  "ociVersion": "1.0.2",
  "annotations": {"example/vm": "$1"${2:+, \"cdi.k8s.io/vm\": \"$2\"}},
  "process": {
    "user": {"uid": 0, "gid": 0},
    "args": ["/bin/sh", "/script"],
    "env": ["PATH=/bin"$VARIABLES],
    "cwd": "/",
    "capabilities": {"bounding": ["CAP_MKNOD"], "effective": ["CAP_MKNOD"], "permitted": ["CAP_MKNOD"]},
    "noNewPrivileges": true
  },
  "root": {"path": "/vm/rootfs"},
  "hostname": "vm",
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
    {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev"]},
    {"destination": "/script", "source": "$bundle/script", "options": ["bind", "ro"]}
  ],
  "linux": {
    "cgroupsPath": "/vm/$1",
    "resources": {
      "devices": [{"allow": false, "access": "rwm"}],
      "memory": {"limit": $MEMORY},
      "pids": {"limit": $PIDS},
      "cpu": {"quota": $QUOTA, "period": 100000}
    },
    "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}$NAMESPACES]
  }
}
EOF
  cp -p "$bundle/config.json" "$bundle/before.json"
}

# run NAME REQUEST: a bundle whose container runs to its end; what it prints goes to $bundle/output
run() {
  bundle "$1" "$2"
  cdi-crun run --bundle "$bundle" "$1" >"$bundle/output" 2>&1 || fail "run failed: $(tr '\n' '|' <"$bundle/output")"
}

# identity FILE: what changes when somebody writes it, or puts another in its place
identity() {
  stat -c '%i %s %a %Y %Z' "$1"
}

# until_status NAME STATUS: waits, 30 s at most
until_status() {
  for _ in $(seq 300); do
    case $(cdi-crun state "$1") in *"\"status\": \"$2\""*) return ;; esac
    usleep 100000
  done
  fail "container $1 is not $2 after 30 s"
}

# until_line LINE FILE: waits for a running container to print it, 30 s at most
until_line() {
  for _ in $(seq 300); do
    ! grep -qxF -e "$1" "$2" || return 0
    usleep 100000
  done
  expect_line "$1" "$2"
}
