// CRI-O's own CDI: there and on since 1.24, from the directories of cdi_spec_dirs.
import { editDropIn, getDropInFile, readInOrder, restoreDropIn } from './drop-in.ts';
import type { EngineConfig, NativeCdi, NativeCdiSwitch, Reload } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { addDirectories, findUnread, makeMissing, makeOff, makeOn, USUAL_DIRECTORIES } from './native-cdi.ts';
import { getStrings, getToml } from './toml-file.ts';

const KEY = ['crio', 'runtime', 'cdi_spec_dirs'];

export function makeCrioCdi(patterns: (config: EngineConfig) => readonly string[], reload: Reload): NativeCdiSwitch {
  const read = (config: EngineConfig): NativeCdi => {
    const { version } = config;
    if (isAtLeast(version, 1, 24) === false) return makeMissing(`CRI-O ${version} has no CDI, which came with 1.24`);
    const last = readInOrder(config, patterns(config)).findLast(({ table }) => getToml(table, KEY) !== undefined);
    const directories = last === undefined ? USUAL_DIRECTORIES : getStrings(last.table, KEY);
    if (directories.length === 0) return makeOff([], 'cdi_spec_dirs names no directory');
    return makeOn(directories, 'CRI-O has it on');
  };
  return {
    read,
    reload: () => reload,
    wire: (config, specDirs) => {
      const { specDirs: present } = read(config);
      if (findUnread(present, specDirs).length === 0) return new Map();
      const value = [...addDirectories(present, specDirs)];
      return new Map([[getDropInFile(config).path, editDropIn(config, [{ path: KEY, value }])]]);
    },
    unwire: (config, originals) => restoreDropIn(config, originals, [KEY]),
  };
}
