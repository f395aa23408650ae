# Second stage: makes a host of the kernel, runs each check of /vm/list by itself, tells of each on the console, and
# powers off. Nothing else ends the VM: a failure of this script is a panic, which ends QEMU without a verdict.
set -e
export PATH=/usr/local/bin:/usr/bin:/bin
/bin/busybox --install -s /bin
. /vm/host.sh

mount_file_systems
enable_controllers
load_modules
write_specs
fill_rootfs

# Prints what a failed check said on its way, for a person.
show_log() {
  tail -n 25 /run/check.log | tr -cd '\n -~' | while IFS= read -r line; do echo "VM log $1: $line"; done
}

# reason STATUS: one line, whatever is in it
reason() {
  if [ -s /run/reason ]; then
    tr '\n' ' ' </run/reason | tr -cd ' -~'
  elif [ "$1" -eq 137 ]; then
    echo "it took longer than $LONGEST s, or was killed"
  else
    echo "a command ended with status $1"
  fi
}

LONGEST=240
passed=0 failed=0
echo 'VM up'
while read -r name <&3; do
  rm -f /run/reason
  status=0
  timeout -s KILL $LONGEST sh /vm/one-check.sh "$name" </dev/null >/run/check.log 2>&1 3<&- || status=$?
  if [ $status -eq 0 ]; then
    passed=$((passed + 1))
    echo "VM ok $name"
  else
    failed=$((failed + 1))
    show_log "$name"
    echo "VM not ok $name: $(reason $status)"
    remove_containers
  fi
done 3</vm/list
echo "VM-DONE passed=$passed failed=$failed"
sync
poweroff -f
