// As much of an API server as kubectl asks before it sends anything: which kinds there are, and that no object is there.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { KubernetesObject } from './kubernetes-manifests.ts';

/** Of these kinds no object is in a namespace. */
const OF_CLUSTER = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'RuntimeClass'];

/** @param objects whose kinds it has */
export async function startApiServer(objects: readonly KubernetesObject[]): Promise<{ server: Server; url: string }> {
  const versions = [...new Set(objects.map(({ apiVersion }) => apiVersion))];
  const groups = versions
    .filter((version) => version.includes('/'))
    .map((groupVersion) => {
      const [name = '', version = ''] = groupVersion.split('/');
      const entry = { groupVersion, version };
      return { name, versions: [entry], preferredVersion: entry };
    });
  const answers = new Map<string, object>([
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups }],
    ...versions.map((groupVersion): [string, object] => [
      groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`,
      { kind: 'APIResourceList', groupVersion, resources: listResources(objects, groupVersion) },
    ]),
  ]);
  const server = createServer(({ url = '' }, response) => {
    const answer = answers.get(url.replace(/\?.*/, ''));
    const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? missing));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${Object(server.address()).port}` };
}

function listResources(objects: readonly KubernetesObject[], groupVersion: string): readonly object[] {
  const kinds = new Set(objects.filter(({ apiVersion }) => apiVersion === groupVersion).map(({ kind }) => kind));
  return [...kinds].map((kind) => ({
    name: `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`,
    singularName: kind.toLowerCase(),
    namespaced: !OF_CLUSTER.includes(kind),
    kind,
    verbs: ['get', 'create', 'patch'],
  }));
}
