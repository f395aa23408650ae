// What builds images and reads specs of its own accord: buildah and BuildKit. The shim has no part in that.
import type { CdiReader } from './engine.ts';
import { isAtLeast } from './engine-version.ts';
import { makeMissing, makeOff, makeOn, USUAL_DIRECTORIES } from './native-cdi.ts';
import { podman } from './podman.ts';
import { readContainersConf } from './podman-cdi.ts';
import { getStrings, getToml, readToml } from './toml-file.ts';

/** It shares Podman's files, and the library that reads them. */
const buildah: CdiReader = {
  id: 'buildah',
  files: { main: podman.files.main, dropIn: podman.files.dropIn },
  patterns: podman.patterns,
  check: () => ({ command: ['buildah', '--version'], env: {} }),
  nativeCdi: {
    read: (config) => {
      const { version } = config;
      if (isAtLeast(version, 1, 38) === false) return makeMissing(`buildah ${version} has no CDI`);
      return readContainersConf(config, podman.patterns, isAtLeast(version, 1, 41) !== false);
    },
  },
};

const buildkit: CdiReader = {
  id: 'buildkit',
  files: { main: '/etc/buildkit/buildkitd.toml' },
  patterns: ({ files }) => [files.main],
  check: () => ({ command: ['buildkitd', '--version'], env: {} }),
  nativeCdi: {
    read: ({ files, texts, version }) => {
      if (isAtLeast(version, 0, 20) === false)
        return makeMissing(`buildkit ${version} has no CDI, which came with 0.20`);
      const table = readToml({ path: files.main, text: texts.get(files.main) ?? '' });
      const isNamed = getToml(table, ['cdi', 'specDirs']) !== undefined;
      const directories = isNamed
        ? getStrings(table, ['cdi', 'specDirs'])
        : [...USUAL_DIRECTORIES, '/etc/buildkit/cdi'];
      if (getToml(table, ['cdi', 'disabled']) === true) return makeOff(directories, 'cdi.disabled is true');
      if (directories.length === 0) return makeOff([], 'cdi.specDirs names no directory');
      return makeOn(directories, 'buildkit has it on');
    },
  },
};

export const BUILDERS: readonly CdiReader[] = [buildah, buildkit];
