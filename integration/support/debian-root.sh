#!/bin/sh
# In a mount namespace of its own: a root of Debian, under a layer that takes all changes, and a script that runs in it.
# debian-root.sh ROOT FOLDER SCRIPT: the script sees the folder as /packages
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
cp -r "$2" /mnt/root/packages
cp "$3" /mnt/root/walk
cd /mnt/root
mount -t proc proc proc
mount --rbind /sys sys
# crun refuses a mixture of both kinds
if mountpoint -q sys/fs/cgroup/unified; then
	umount sys/fs/cgroup/unified
	mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup/unified
fi
for folder in dev run; do mount -t tmpfs -o mode=755 tmpfs $folder; done
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -m 755 dev/pts dev/net
mkdir -m 1777 dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for node in null zero full random urandom tty fuse kvm loop-control btrfs-control vhost-net uinput net/tun; do
	[ -e /dev/$node ] || continue
	touch dev/$node
	mount --bind /dev/$node dev/$node
done
mkdir -p var/lib/containers
mount -t tmpfs tmpfs var/lib/containers
# not by chroot: who enters a container's mount namespace later would find this machine's root there
mkdir host
pivot_root . host
umount -l host
exec env -i /bin/sh /walk </dev/null
