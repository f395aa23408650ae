#!/bin/sh
# Run in a fresh root of Debian by packages.system.test.ts: a host's life with the packages. What it prints is compared.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive HOME=/root PODMAN_IGNORE_CGROUPSV1_WARNING=1
quietly() { "$@" >/tmp/said 2>&1 || { echo "failed: $*"; cat /tmp/said; }; }
podman_run() {
	podman --cgroup-manager cgroupfs --runtime cdi run --cgroups disabled --network none --security-opt seccomp=unconfined "$@"
}
list() {
	find /etc /usr /var /opt /run -xdev \( -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log/apt \
		-o -path /var/lib/containers -o -path /run/containers -o -path /run/libpod -o -path /run/crun -o -path /run/lock -o -path /run/systemd \
		-o -path /usr/share/man \) -prune -o -print |
		grep -vE '^/(etc/(ld.so.cache|mtab)|var/log/(dpkg|alternatives).log|var/lib/(cni|systemd/.*)|run/(netns|secrets).*)$' | sort
}

mkdir -p /rootfs/bin
cp /bin/busybox /rootfs/bin/sh
cp /bin/busybox /rootfs/bin/sleep
# what podman leaves behind by itself
quietly podman --cgroup-manager cgroupfs run --rm --cgroups disabled --network none --rootfs /rootfs /bin/sh -c true
list >/tmp/before

echo "== install"
quietly apt-get install -y -qq --no-install-recommends /packages/old/*.deb
dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' cdi-runtime cdictl
cdictl --version
for page in cdictl cdi-runtime cdi-runtime.yaml; do zcat /usr/share/man/man?/$page.?.gz | head -1 | cut -d' ' -f1-3; done
sed 's/^#//' /usr/share/doc/cdi-runtime/examples/config.yaml >/tmp/example.yaml
cdictl config check /tmp/example.yaml
systemd-analyze verify --man=no /usr/lib/systemd/system/cdi-runtime-generate.*
udevadm verify --no-summary /usr/lib/udev/rules.d/90-cdi-runtime.rules
logrotate --debug /etc/logrotate.d/cdi-runtime 2>&1 | grep -i error

echo "== first device"
mkdir -p /etc/cdi
cat >/etc/cdi/toy.yaml <<'SPEC'
cdiVersion: 0.6.0
kind: vendor.com/toy
devices: [{ name: zero, containerEdits: { env: [TOY=zero], deviceNodes: [{ path: /dev/toy, hostPath: /dev/zero }] } }]
SPEC
cdictl engine configure podman | sed 's/:.*podman.*//'
podman_run --rm --annotation cdi.k8s.io/x=vendor.com/toy=zero --rootfs /rootfs /bin/sh -c 'echo "in the container: $TOY"; [ -c /dev/toy ] && echo "it has the node"'

echo "== upgrade while a container lives"
quietly podman_run --detach --name lives --annotation cdi.k8s.io/x=vendor.com/toy=zero --rootfs /rootfs /bin/sleep 1000
quietly apt-get install -y -qq --no-install-recommends /packages/new/*.deb
dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' cdi-runtime cdictl
podman exec lives /bin/sh -c '[ -c /dev/toy ] && echo "alive, with its node"'
podman_run --rm --annotation cdi.k8s.io/x=vendor.com/toy=zero --rootfs /rootfs /bin/sh -c 'echo "and a new one has $TOY"'

echo "== remove while it lives"
apt-get remove -y -qq cdi-runtime 2>&1 | tr -d '\r' | grep -E 'needed by|cannot remove|still called'
dpkg-query -W -f '${Package} ${db:Status-Status}\n' cdi-runtime

echo "== remove"
podman rm --force --time 0 lives
cdictl engine unconfigure podman
quietly apt-get remove -y -qq cdi-runtime
quietly apt-get remove -y -qq cdictl
dpkg-query -W -f '${Package} ${db:Status-Status}\n' cdi-runtime cdictl

echo "== remove without cdictl"
quietly apt-get install -y -qq --no-install-recommends /packages/new/cdi-runtime_*.deb
mkdir -p /etc/docker
echo '{ "runtimes": { "cdi": { "path": "/usr/bin/cdi-runc" } } }' >/etc/docker/daemon.json
apt-get remove -y -qq cdi-runtime 2>&1 | tr -d '\r' | grep 'still called'
rm -r /etc/docker
quietly apt-get remove -y -qq cdi-runtime
dpkg-query -W -f '${Package} ${db:Status-Status}\n' cdi-runtime

echo "== purge"
mkdir -p /etc/cdi-runtime
echo 'wait: 1s' >/etc/cdi-runtime/config.yaml
quietly apt-get purge -y -qq cdi-runtime cdictl
dpkg-query -W cdi-runtime cdictl 2>&1 | sed 's/^dpkg-query: //'
rm -rf /etc/cdi
list >/tmp/after
diff /tmp/before /tmp/after && echo "nothing is left"
