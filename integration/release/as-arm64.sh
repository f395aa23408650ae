#!/bin/sh
# as-arm64.sh SHIM COMMAND…: runs the command where dist/cdi-runtime is a shim for arm64, and programs for arm64 run under
# qemu. The kernel keeps such interpreters for each user namespace: this machine does not get to know of it.
set -e
shim=$1
shift
fifos=$(mktemp -d)
mkfifo "$fifos/ready" "$fifos/go"
# shellcheck disable=SC2016
unshare --user --mount --propagation private sh -c '
	echo >"$1/ready"
	read -r _ <"$1/go"
	mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
	# the flags: qemu is opened now, and argv[0] is kept
	sed "s|:/.*|:/usr/libexec/qemu-binfmt/aarch64-binfmt-P:PF|" /usr/share/qemu/binfmt.d/qemu-aarch64.conf \
		>/proc/sys/fs/binfmt_misc/register
	mount --bind "$2" dist/cdi-runtime
	shift 2
	exec "$@"
' sh "$fifos" "$shim" "$@" &
read -r _ <"$fifos/ready"
# all users as they are, as in the first namespace
echo 0 0 4294967295 >/proc/$!/uid_map
echo 0 0 4294967295 >/proc/$!/gid_map
echo >"$fifos/go"
rm -r "$fifos"
wait $!
