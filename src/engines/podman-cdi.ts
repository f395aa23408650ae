// Podman's own CDI, which is always on: from which directories, which since 5.5 cdi_spec_dirs of containers.conf says.
import { editDropIn, getDropInFile, readInOrder, restoreDropIn } from './drop-in.ts';
import type { EngineConfig, NativeCdi, NativeCdiSwitch } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { addDirectories, findUnread, makeMissing, makeOff, makeOn, USUAL_DIRECTORIES } from './native-cdi.ts';
import { readList } from './podman-list.ts';

const KEY = ['engine', 'cdi_spec_dirs'];
/** What the library for containers.conf gave when it came to count, for a year. */
const WITHOUT_RUN: readonly string[] = ['/etc/cdi'];

type Patterns = (config: EngineConfig) => readonly string[];

export function makePodmanCdi(patterns: Patterns): NativeCdiSwitch {
  const read = (config: EngineConfig): NativeCdi => {
    const { version } = config;
    if (isAtLeast(version, 4, 1) === false)
      return makeMissing(`podman ${version} has no CDI as of now, but from 4.1 on`);
    if (isAtLeast(version, 5, 5) === false) {
      return makeOn(USUAL_DIRECTORIES, `podman ${version} has it on, and reads cdi_spec_dirs only from 5.5 on`);
    }
    return readContainersConf(config, patterns, isAtLeast(version, 5, 6) !== false);
  };
  return {
    read,
    reload: () => ({ by: 'nothing' }),
    wire: (config, specDirs) => {
      const { specDirs: present } = read(config);
      const isFixed = isAtLeast(config.version, 5, 5) === false;
      if (isFixed || findUnread(present, specDirs).length === 0) return new Map();
      const value = [...addDirectories(present, specDirs)];
      return new Map([[getDropInFile(config).path, editDropIn(config, [{ path: KEY, value }])]]);
    },
    unwire: (config, originals) => restoreDropIn(config, originals, [KEY]),
  };
}

/** @param readsRun whether `/var/run/cdi` is read where no file says anything */
export function readContainersConf(config: EngineConfig, patterns: Patterns, readsRun: boolean): NativeCdi {
  const files = readInOrder(config, patterns(config));
  const directories = readList(files, 'cdi_spec_dirs', readsRun ? USUAL_DIRECTORIES : WITHOUT_RUN);
  if (directories.length === 0) return makeOff([], 'cdi_spec_dirs names no directory');
  return makeOn(directories, 'it is always on');
}
