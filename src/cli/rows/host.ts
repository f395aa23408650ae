// Commands that change the host: generate specs, install the shim, configure engines.
import { ENGINE_IDS } from '../../engines/engine.ts';
import { GENERATOR_IDS } from '../../generate/generator.ts';
import type { Command, Option } from '../command.ts';
import { HOST_ROOT } from '../files/host-root.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';

const ENGINE = ENGINE_IDS.join('|');

const RUNTIME_NAME: Option = {
  name: 'runtime-name',
  value: 'NAME',
  summary: 'by which users of the engine choose it (default cdi)',
};
const ENGINE_CONFIG: Option = {
  name: 'engine-config',
  value: 'FILE',
  summary: "the engine's main file, where it is not the usual one",
};
const ENGINE_VERSION: Option = {
  name: 'engine-version',
  value: 'VERSION',
  summary: 'of the engine; by default it is asked, on a host seen from a container its packages',
};
const DRY_RUN: Option = { name: 'dry-run', summary: 'change nothing: show what would change, as a unified diff' };
const RELOAD: Option = {
  name: 'reload',
  summary: 'make a running engine take the files: by a signal, or by a restart of its service',
};

export const HOST_ROWS: readonly Command[] = [
  {
    name: 'generate',
    summary: 'write CDI specs for devices that this host has',
    details: [
      `KIND is ${GENERATOR_IDS.join(', ')}, or all for those of them that this host has.`,
      'A spec names the nodes of now: generate again at boot and when something is plugged in (see deploy/systemd).',
      'all also removes the specs that it wrote for what is there no more.',
    ],
    operands: { shown: 'KIND...', least: 1, most: Number.POSITIVE_INFINITY },
    options: [
      { name: 'output-dir', value: 'DIR', summary: 'where the specs go; by default the last spec directory' },
      { name: 'format', value: 'FORMAT', choices: ['yaml', 'json'], summary: 'yaml (default) or json' },
      { name: 'print', summary: 'print the specs instead of writing them' },
      { name: 'skip-missing', summary: 'take each KIND as all does: what this host does not have is no failure' },
      HOST_ROOT,
    ],
    examples: [
      { line: 'cdictl generate fuse kvm', does: 'specs for /dev/fuse and /dev/kvm' },
      { line: 'cdictl generate all --print', does: 'what there is to generate on this host' },
    ],
    load: async () => (await import('../commands/generate.ts')).run,
  },
  {
    name: 'new',
    summary: 'write a CDI spec for nodes, files and folders of this host, with comments that say why',
    details: [
      'Without PATH it asks. Links in /dev are followed, groups of nodes are kept, the name is one that stays where the',
      'host has one, and cdiVersion is the least that does. A file that is there is not replaced without --force. What lint',
      'has to say of the spec comes on standard error; exit status 3 for warnings and errors.',
    ],
    operands: { shown: '[PATH]...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      { name: 'kind', value: 'KIND', summary: 'vendor.com/class (default example.com/device)' },
      { name: 'name', value: 'NAME', summary: 'of the device; by default what the host says of it' },
      { name: 'writable', value: 'PATH', repeats: true, summary: 'a file or folder besides that containers may write' },
      { name: 'env', value: 'NAME=value', repeats: true, summary: 'a variable for the programs in the container' },
      {
        name: 'file',
        short: 'f',
        value: 'FILE',
        summary: 'where the spec goes, - for standard output; by default the first spec directory',
      },
      { name: 'force', summary: 'replace a file that is there' },
      HOST_ROOT,
      SNAPSHOT,
    ],
    examples: [
      { line: 'cdictl new', does: 'asks what containers are to get' },
      {
        line: 'cdictl new /dev/ttyUSB0 /opt/meter --kind lab.example/meter -f -',
        does: 'a serial port and a folder, on standard output',
      },
    ],
    load: async () => (await import('../commands/new.ts')).run,
  },
  {
    name: 'install',
    summary: 'put the shim where engines can call it',
    details: ['The file is put in place by a rename, so that containers may start meanwhile.'],
    options: [
      { name: 'path', value: 'FILE', summary: 'where it goes (default /usr/local/bin/cdi-runtime)' },
      { name: 'shim', value: 'FILE', summary: 'the shim to install; by default the one of this package' },
      HOST_ROOT,
    ],
    examples: [
      { line: 'cdictl install', does: '/usr/local/bin/cdi-runtime' },
      { line: 'cdictl install --host-root /host', does: 'from a container, onto its host' },
    ],
    load: async () => (await import('../commands/install.ts')).run,
  },
  {
    name: 'uninstall',
    summary: 'remove the shim',
    details: [
      'With its links (cdi-runc, cdi-crun and the like). Engines that still call it are named first: see engine unconfigure.',
    ],
    options: [
      {
        name: 'path',
        value: 'FILE',
        summary: 'where it is (default /usr/local/bin/cdi-runtime, else /usr/bin/cdi-runtime)',
      },
      { name: 'force', summary: 'remove it even if an engine still calls it' },
      { name: 'dry-run', summary: 'change nothing: tell what would be removed, or who still calls it' },
      HOST_ROOT,
    ],
    examples: [{ line: 'cdictl uninstall', does: 'the shim and its links are gone' }],
    load: async () => (await import('../commands/uninstall.ts')).run,
  },
  {
    name: 'engine configure',
    summary: 'add the shim to a container engine, as a runtime that containers choose',
    details: [
      `ENGINE is ${ENGINE_IDS.slice(0, -1).join(', ')} or ${ENGINE_IDS.at(-1)}.`,
      'The engine calls a link beside the shim, which is named after the',
      'runtime that the engine runs now: cdi-runc, cdi-crun. In the files of the engine all else stays as it is, comments',
      'and layout included; the engine judges the result, and where it refuses it, all is as before. What was there is',
      'kept below /var/lib/cdi-runtime: see engine unconfigure. A second call changes nothing.',
      'With --native-cdi, the engine itself reads specs, from the directories of our settings among others: features.cdi',
      'of docker, enable_cdi of containerd, cdi_spec_dirs of CRI-O and Podman. It needs no shim, and has no policy.',
    ],
    operands: { shown: ENGINE, least: 1, most: 1 },
    options: [
      RUNTIME_NAME,
      { name: 'set-default', summary: 'for every container; by default the environment asks for nothing' },
      {
        name: 'pass-annotations',
        summary: 'containerd: let pods request devices by annotations cdi.k8s.io/*',
      },
      { name: 'native-cdi', summary: "switch the engine's own CDI on instead, without the shim" },
      {
        name: 'shim-path',
        value: 'FILE',
        summary: 'where the shim is (default /usr/local/bin/cdi-runtime, else /usr/bin/cdi-runtime)',
      },
      ENGINE_CONFIG,
      ENGINE_VERSION,
      DRY_RUN,
      RELOAD,
      HOST_ROOT,
    ],
    examples: [
      { line: 'cdictl engine configure docker --dry-run', does: 'what would change in daemon.json' },
      { line: 'cdictl engine configure docker --reload', does: 'docker run --runtime cdi works' },
      {
        line: 'cdictl engine configure docker --native-cdi',
        does: 'docker run --device vendor.com/gpu=0, after a restart',
      },
      { line: 'cdictl --host-root /host engine configure containerd', does: 'from a container, on its host' },
    ],
    load: async () => (await import('../commands/engine-configure.ts')).run,
  },
  {
    name: 'engine unconfigure',
    summary: 'take the shim out of a container engine again',
    details: [
      'A file that is as it was written becomes what it was before, byte by byte; from one that was changed since only',
      'our keys go. Links that nothing else needs go too, and with the last runtime what --native-cdi did. Containers that cannot live without the runtime,',
      'running or stopped, are named, and nothing is done.',
    ],
    operands: { shown: ENGINE, least: 1, most: 1 },
    options: [
      RUNTIME_NAME,
      { name: 'force', summary: 'even if containers still need it; the link stays for them' },
      ENGINE_CONFIG,
      ENGINE_VERSION,
      DRY_RUN,
      RELOAD,
      HOST_ROOT,
    ],
    examples: [{ line: 'cdictl engine unconfigure docker --reload', does: 'daemon.json is as it was before' }],
    load: async () => (await import('../commands/engine-unconfigure.ts')).run,
  },
  {
    name: 'engine verify',
    summary: 'start a pod by the runtime, as the kubelet would, and remove it',
    details: [
      'ENGINE is containerd or crio. The pod has no container and no network of its own: only what the engine keeps for',
      'every pod is started, by the runtime of that name, so that it is known whether the engine that runs has it and the',
      'shim behind it works. Exit status 1, with what the engine says, where not.',
    ],
    operands: { shown: 'containerd|crio', least: 1, most: 1 },
    options: [
      RUNTIME_NAME,
      { name: 'socket', value: 'FILE', summary: 'where the engine listens; by default as its files say' },
      ENGINE_CONFIG,
      HOST_ROOT,
    ],
    examples: [{ line: 'cdictl engine verify containerd', does: 'pods of the runtime class can start on this node' }],
    load: async () => (await import('../commands/engine-verify.ts')).run,
  },
  {
    name: 'engine status',
    aliases: ['status'],
    summary: 'show which engines call the shim, and whether that works',
    details: [
      'OWN CDI: whether the engine reads specs by itself, without the shim; ? where its version decides and is not known.',
      'IN USE: whether the engine that runs now knows the runtime, or only after a reload.',
      'Exit status 1 where a runtime is broken, or the files of an engine cannot be read.',
    ],
    operands: { shown: `[${ENGINE}]...`, least: 0, most: ENGINE_IDS.length },
    options: [ENGINE_CONFIG, HOST_ROOT, SNAPSHOT],
    examples: [
      { line: 'cdictl engine status', does: 'every engine of this host' },
      { line: 'cdictl engine status docker --output json', does: 'one of them, for a program' },
    ],
    load: async () => (await import('../commands/engine-status.ts')).run,
  },
  {
    name: 'device-plugin',
    summary: 'offer the devices of the registry to the kubelet of this node',
    details: [
      "Speaks the kubelet's device plugin API (v1beta1), until it is interrupted. Each kind that is listed is a resource,",
      'NAME for pods (by default the kind itself); with REPLICAS so many containers share each device. Devices follow the',
      'specs and the nodes of the host, without a restart. Other names for a device, and several devices together (all),',
      'are not counted: they would be given away twice. A device that gets another name keeps its id until the host boots.',
      'A kubelet that restarts is told again; a second plugin waits until the first one ends. The log is lines of JSON on standard error.',
    ],
    options: [
      {
        name: 'resource',
        value: 'KIND[=NAME][*REPLICAS]',
        repeats: true,
        summary: 'a kind of devices to offer; may be given more than once',
      },
      { name: 'kubelet-dir', value: 'DIR', summary: 'where its socket is (default /var/lib/kubelet/device-plugins)' },
      {
        name: 'answer',
        value: 'FORM',
        choices: ['cdi', 'annotation'],
        summary:
          "cdi: names for the engine's own CDI; annotation: the one that the shim reads (default: annotation only where the configuration of containerd or CRI-O has its CDI off)",
      },
      {
        name: 'metrics-address',
        value: 'HOST:PORT',
        summary: 'answer /healthz, /readyz and /metrics there; by default nowhere',
      },
      HOST_ROOT,
    ],
    examples: [
      { line: 'cdictl device-plugin --resource vendor.com/gpu', does: 'pods have limits: { vendor.com/gpu: 1 }' },
      {
        line: "cdictl device-plugin --resource 'cdi-runtime.dev/fuse*100' --answer annotation",
        does: '/dev/fuse for a hundred containers, by the shim',
      },
    ],
    load: async () => (await import('../commands/device-plugin.ts')).run,
  },
];
