// containerd's own CDI, of its CRI plugin: enable_cdi and cdi_spec_dirs. There since 1.7, on by itself since 2.0.
import { loadContainerd } from './containerd-config.ts';
import { editCri, restoreCri } from './containerd-wire.ts';
import type { EngineConfig, NativeCdi, NativeCdiSwitch } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { addDirectories, findUnread, judgeSwitch, makeMissing, USUAL_DIRECTORIES } from './native-cdi.ts';
import { getStrings, getToml, type TomlTable } from './toml-file.ts';

const SWITCH = 'enable_cdi';
const DIRECTORIES = 'cdi_spec_dirs';

export const containerdCdi: NativeCdiSwitch = {
  read,
  wire: (config, specDirs) => {
    const { state, specDirs: present } = read(config);
    const table: TomlTable = state === 'on' ? {} : { [SWITCH]: true };
    if (findUnread(present, specDirs).length > 0) table[DIRECTORIES] = [...addDirectories(present, specDirs)];
    return Object.keys(table).length === 0 ? new Map() : editCri(config, table);
  },
  unwire: (config, originals) => restoreCri(config, originals, [SWITCH, DIRECTORIES]),
  reload: () => ({ by: 'restart', process: 'containerd', command: ['systemctl', 'restart', 'containerd.service'] }),
};

function read(config: EngineConfig): NativeCdi {
  const { version } = config;
  if (isAtLeast(version, 1, 7) === false) return makeMissing(`containerd ${version} has no CDI, which came with 1.7`);
  const { effective } = loadContainerd(config);
  const isNamed = getToml(effective, [DIRECTORIES]) !== undefined;
  const directories = isNamed ? getStrings(effective, [DIRECTORIES]) : USUAL_DIRECTORIES;
  const value = getToml(effective, [SWITCH]);
  const list = DIRECTORIES;
  return judgeSwitch({ engine: 'containerd', version, since: [2, 0], name: SWITCH, value, list, directories });
}
