// containerd: the runtimes of its CRI plugin, which are the handlers of Kubernetes' runtime classes.
import { loadContainerd, loadFiles, readImports } from './containerd-config.ts';
import { editCri, restoreCri, unwireContainerd, wireContainerd } from './containerd-wire.ts';
import { readWiring } from './containerd-wiring.ts';
import type { Engine, EngineConfig, NativeCdi, NativeCdiSwitch } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { addDirectories, findUnread, judgeSwitch, makeMissing, USUAL_DIRECTORIES } from './native-cdi.ts';
import { getStrings, getToml, type TomlTable } from './toml-file.ts';

const SWITCH = 'enable_cdi';
const DIRECTORIES = 'cdi_spec_dirs';

const containerdCdi: NativeCdiSwitch = {
  read: readCdi,
  wire: (config, specDirs) => {
    const { state, specDirs: present } = readCdi(config);
    const table: TomlTable = state === 'on' ? {} : { [SWITCH]: true };
    if (findUnread(present, specDirs).length > 0) table[DIRECTORIES] = [...addDirectories(present, specDirs)];
    return Object.keys(table).length === 0 ? new Map() : editCri(config, table);
  },
  unwire: (config, originals) => restoreCri(config, originals, [SWITCH, DIRECTORIES]),
  reload: () => ({ by: 'restart', process: 'containerd', command: ['systemctl', 'restart', 'containerd.service'] }),
};

export const containerd: Engine = {
  id: 'containerd',
  // Of a pod's author only what the configuration lists.
  annotationAuthors: () => ['caller', 'cluster', 'pod', 'checkpoint'],
  files: { main: '/etc/containerd/config.toml' },
  patterns: (config) => [config.files.main, ...loadFiles(config).flatMap((file) => readImports(file.path, file.table))],
  read: (config) => readWiring(loadContainerd(config)),
  wire: wireContainerd,
  unwire: unwireContainerd,
  nativeCdi: containerdCdi,
  // It reads its files at start alone; containers live on under their shims.
  reload: ({ files }) => ({ by: 'restart', process: 'containerd', command: ['systemctl', ...restart(files.main)] }),
  check: ({ files }) => ({ command: ['containerd', '--config', files.main, 'config', 'dump'], env: {} }),
};

/** In k3s and RKE2 it is a child of theirs, by a unit that is called after what the node is: the one that runs. */
function restart(main: string): readonly string[] {
  const [, distribution] = /^\/var\/lib\/rancher\/(k3s|rke2)\//.exec(main) ?? [];
  return distribution === undefined ? ['restart', 'containerd.service'] : ['try-restart', `${distribution}*.service`];
}

function readCdi(config: EngineConfig): NativeCdi {
  const { version } = config;
  if (isAtLeast(version, 1, 7) === false) return makeMissing(`containerd ${version} has no CDI, which came with 1.7`);
  const { effective } = loadContainerd(config);
  const isNamed = getToml(effective, [DIRECTORIES]) !== undefined;
  const directories = isNamed ? getStrings(effective, [DIRECTORIES]) : USUAL_DIRECTORIES;
  const value = getToml(effective, [SWITCH]);
  const list = DIRECTORIES;
  return judgeSwitch({ engine: 'containerd', version, since: [2, 0], name: SWITCH, value, list, directories });
}
