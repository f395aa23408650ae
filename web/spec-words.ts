// What the fields of a spec mean, for hovers: the published schema names them and their types, and says no more.

import type { SchemaNode } from './schema-fields.ts';

/** By the field, after the field that it is in: `deviceNodes.path`. */
export const SPEC_WORDS: Readonly<Record<string, string>> = {
  cdiVersion:
    'The version of CDI that a reader needs. A reader refuses what is newer than itself, so the lowest one that has all fields is best.',
  kind: 'vendor.com/class: whose devices these are and of which sort. With a device’s name it is what one asks for: vendor.com/class=name.',
  annotations: 'Notes of the vendor by name; nothing of them reaches the container. Needs cdiVersion 0.6.0.',
  devices: 'What can be asked for, at least one.',
  containerEdits: 'What changes in a container that gets any of the devices: once, before the edits of the first one.',
  'devices.name':
    'The part behind the = of vendor.com/class=name. Names that stay (a UUID, a serial number) are better than numbers.',
  'devices.annotations': 'Notes on this device; nothing of them reaches the container. Needs cdiVersion 0.6.0.',
  'devices.containerEdits': 'What changes in a container that gets this device; it must not be empty.',
  'containerEdits.env': 'Variables as NAME=value. One that the container has already is replaced.',
  'containerEdits.deviceNodes':
    'Device nodes to make in the container, each with the cgroup rule that lets it be opened.',
  'containerEdits.netDevices': 'Network interfaces that move from the host into the container. Needs cdiVersion 1.1.0.',
  'containerEdits.mounts': 'Files and folders of the host. One with the same containerPath is replaced.',
  'containerEdits.hooks':
    'Programs that the runtime runs, on the host and as its own user, at points of the container’s life.',
  'containerEdits.intelRdt':
    'A class of service for the processor’s cache and memory bandwidth. Needs cdiVersion 0.7.0.',
  'containerEdits.additionalGids':
    'Group numbers that the container’s process has besides its own; 0 does nothing. Needs cdiVersion 0.7.0.',
  'deviceNodes.path': 'Where the node is in the container: an absolute path, mostly below /dev.',
  'deviceNodes.hostPath': 'Where the node is on the host; left out: at the same path. Needs cdiVersion 0.5.0.',
  'deviceNodes.type':
    'b for a block device, c or u for a character device, p for a named pipe; left out: as on the host.',
  'deviceNodes.major': 'The major number; left out or 0: both numbers are as on the host.',
  'deviceNodes.minor': 'The minor number, beside a major one; left out there: 0.',
  'deviceNodes.fileMode':
    'Permission bits of the node. YAML reads 0660 as octal; JSON has only 432. Left out: as on the host.',
  'deviceNodes.permissions':
    'What the cgroup allows: letters of r (read), w (write) and m (make the node); left out: rwm.',
  'deviceNodes.uid': 'The owner’s user number, in the container’s view; left out: that of the container’s process.',
  'deviceNodes.gid': 'The group’s number, in the container’s view; left out: that of the container’s process.',
  'netDevices.hostInterfaceName': 'The interface as the host calls it; the host loses it while the container runs.',
  'netDevices.name': 'What the interface is called in the container, unlike any other there.',
  'mounts.hostPath':
    'What is mounted: a path on the host, or a word such as tmpfs where the type is one without a source.',
  'mounts.containerPath': 'Where it shows in the container. A parent is mounted before what is below it.',
  'mounts.options': 'Options as mount(8) has them. A bind mount needs bind or rbind; ro, nosuid and nodev are wise.',
  'mounts.type': 'A type of file system; bind mounts need none. Needs cdiVersion 0.4.0.',
  'hooks.hookName': 'When it runs: prestart, createRuntime, createContainer, startContainer, poststart or poststop.',
  'hooks.path': 'The program: an absolute path on the host (of startContainer: in the container).',
  'hooks.args': 'Its arguments, the first of which is what the program is called.',
  'hooks.env': 'Its whole environment as NAME=value; left out, runtimes differ in what it inherits.',
  'hooks.timeout': 'Seconds after which the runtime ends it.',
  'intelRdt.closID': 'The name of the class of service, a folder of /sys/fs/resctrl.',
  'intelRdt.l3CacheSchema': 'Which parts of the level 3 cache it may fill, as a line of resctrl’s schemata: L3:0=ff.',
  'intelRdt.memBwSchema': 'How much memory bandwidth it may take, as a line of resctrl’s schemata: MB:0=50.',
  'intelRdt.schemata': 'Lines of resctrl’s schemata, whatever they are about. Needs cdiVersion 1.1.0.',
  'intelRdt.enableMonitoring': 'Whether the container gets a monitoring group of its own. Needs cdiVersion 1.1.0.',
};

/** By definition of the schema: fields that the specification has and the schema forgets. */
export const FORGOTTEN: Readonly<Record<string, Readonly<Record<string, SchemaNode>>>> = {
  DeviceNode: { fileMode: { type: 'integer' } },
};

/** The values of fields that have a fixed set, which the schema does not list. */
export const SPEC_VALUES: Readonly<Record<string, readonly string[]>> = {
  'hooks.hookName': ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'],
  'deviceNodes.type': ['c', 'b', 'u', 'p'],
  'deviceNodes.permissions': ['rwm', 'rw', 'r', 'w'],
  'intelRdt.enableMonitoring': ['true', 'false'],
};
