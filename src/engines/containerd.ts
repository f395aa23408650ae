// containerd: the runtimes of its CRI plugin, which are the handlers of Kubernetes' runtime classes.
import { containerdCdi } from './containerd-cdi.ts';
import { loadContainerd, loadFiles, readImports } from './containerd-config.ts';
import { unwireContainerd, wireContainerd } from './containerd-wire.ts';
import { readWiring } from './containerd-wiring.ts';
import type { Engine } from './engine.ts';

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
