// What engines write for an ordinary container: as much of it as has to do with devices.

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** By engine: a runtime-spec document as it is handed to the runtime. */
export const ENGINE_DOCUMENTS: Readonly<Record<string, string>> = {
  docker: makeDocument(['HOSTNAME=5f0c'], {}),
  podman: makeDocument(['container=podman', 'TERM=xterm'], {
    'io.container.manager': 'libpod',
    'org.opencontainers.image.stopSignal': '15',
  }),
  containerd: makeDocument(['HOSTNAME=pod'], {
    'io.kubernetes.cri.container-name': 'main',
    'io.kubernetes.cri.container-type': 'container',
    'io.kubernetes.cri.sandbox-id': '0f31',
    'io.kubernetes.cri.sandbox-name': 'pod',
    'io.kubernetes.cri.sandbox-namespace': 'default',
  }),
  'cri-o': makeDocument(['HOSTNAME=pod'], {
    'io.container.manager': 'cri-o',
    'io.kubernetes.cri-o.ContainerType': 'container',
    'io.kubernetes.cri-o.Name': 'k8s_main_pod_default_0',
    'io.kubernetes.cri-o.SandboxID': '0f31',
    'io.kubernetes.pod.name': 'pod',
    'io.kubernetes.pod.namespace': 'default',
  }),
};

function makeDocument(env: readonly string[], annotations: Readonly<Record<string, string>>): string {
  const document = {
    ociVersion: '1.2.0',
    process: { user: { uid: 0, gid: 0 }, args: ['sh'], env: [PATH, ...env], cwd: '/' },
    root: { path: 'rootfs' },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755'] },
    ],
    linux: {
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      namespaces: [{ type: 'pid' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }, { type: 'network' }],
    },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
