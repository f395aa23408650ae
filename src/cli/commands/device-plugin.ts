// cdictl device-plugin: the devices of the registry as resources of Kubernetes, for the kubelet of this node.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { quote } from '../../text/quote.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { readCdiReaders } from '../engine/cdi-readers.ts';
import { DirectoryWatch } from '../files/directory-watch.ts';
import { resolveInRoot } from '../files/host-root.ts';
import { ANSWERS, type AnswerForm, makeAnnotationKey, makeAnswer } from '../plugin/answer.ts';
import { chooseAnswer } from '../plugin/choose-answer.ts';
import { Endpoint } from '../plugin/endpoint.ts';
import { Inventory } from '../plugin/inventory.ts';
import { KeptMemory } from '../plugin/kept-memory.ts';
import { type Figures, PluginMetrics } from '../plugin/metrics.ts';
import { hasRoomForSockets } from '../plugin/plugin-socket.ts';
import { type Resource, readResources } from '../plugin/resource.ts';
import { readAddress, startStatusServer } from '../plugin/status-server.ts';
import { createRootedContext } from '../rooted-context.ts';
import { openLog } from '../terminal/log.ts';
import { UsageError } from '../usage-error.ts';

const KUBELET_DIR = '/var/lib/kubelet/device-plugins';

/** Runs until it is interrupted. */
export const run: Run = async (outer, given): Promise<0> => {
  const resources = readResources(given.values('resource'));
  const word = given.value('metrics-address');
  const address = word === undefined ? undefined : readAddress(word);
  const { context, root } = createRootedContext(outer, given);
  const directory = findKubeletDirectory(given, root);
  const log = openLog(context);
  const signalled = waitForSignal();
  const form = await findForm(outer, given, root, log);
  const plugin = startPlugin(context, { root, directory, resources, log, form });
  let server: Server | undefined;
  try {
    if (address !== undefined) {
      server = await startStatusServer(address, plugin);
      const { port } = Object(server.address());
      log.info({ host: address.host, port }, `answers at ${address.host}:${port}`);
    }
    if (context.stderr.isTerminal && !context.quiet) {
      context.stderr.write(`offering ${resources.length} resources to the kubelet; Ctrl-C ends it\n`);
    }
    log.info({ signal: await signalled }, 'ended');
    return 0;
  } finally {
    plugin.close();
    server?.close();
    server?.closeAllConnections();
  }
};

function findKubeletDirectory(given: Arguments, root: string): string {
  const path = resolve(given.value('kubelet-dir') ?? KUBELET_DIR);
  const directory = root === '' ? path : resolveInRoot(root, path);
  if (!hasRoomForSockets(directory)) {
    throw new UsageError(`option --kubelet-dir is ${quote(path)}: no path of a socket there is short enough`);
  }
  return directory;
}

async function waitForSignal(): Promise<NodeJS.Signals> {
  const ends = new AbortController();
  const { signal } = ends;
  const wait = async (name: NodeJS.Signals): Promise<NodeJS.Signals> => {
    await once(process, name, { signal });
    return name;
  };
  try {
    return await Promise.any([wait('SIGINT'), wait('SIGTERM')]);
  } finally {
    ends.abort();
  }
}

interface PluginOptions {
  readonly root: string;
  readonly directory: string;
  readonly resources: readonly Resource[];
  readonly log: Logger;
  readonly form: AnswerForm;
}

/** As it is said, or as the engine of this node takes it. */
async function findForm({ host }: Context, given: Arguments, root: string, log: Logger): Promise<AnswerForm> {
  const said = ANSWERS.find((form) => form === given.value('answer'));
  if (said !== undefined) return said;
  const { form, why } = chooseAnswer(await readCdiReaders(host, root));
  log.info({ answer: form, why }, `answers by ${form}: ${why}`);
  return form;
}

function startPlugin(context: Context, { root, directory, resources, log, form }: PluginOptions) {
  const { enabled, prefixes } = context.settings().settings.requests.annotations;
  if (form === 'annotation' && enabled === false) {
    log.warn('the shim reads no annotations: requests.annotations.enabled is false');
  }
  let endpoints: readonly Endpoint[] = [];
  const inventory = new Inventory({
    context,
    root,
    resources,
    log,
    kept: new KeptMemory(directory, resources, log),
    onChange: () => {
      for (const endpoint of endpoints) endpoint.tell();
    },
  });
  const metrics = new PluginMetrics(() => ({
    resources: new Map(endpoints.map((endpoint) => [endpoint.resource, readFigures(endpoint, inventory)])),
    errors: inventory.errors().length,
  }));
  endpoints = resources.map(({ name: resource }) => {
    const key = makeAnnotationKey(resource, prefixes);
    return new Endpoint({
      resource,
      directory,
      log,
      units: () => inventory.offer(resource).units,
      find: (id) => inventory.offer(resource).byId.get(id),
      answer: (devices) => makeAnswer(form, devices, key),
      onAllocation: (outcome, devices, why) => {
        metrics.countAllocation(resource, outcome);
        if (why === undefined) log.info({ resource, devices }, `a container gets devices of ${quote(resource)}`);
        else log.warn({ resource, devices }, why);
      },
      onRegistration: (outcome) => metrics.countRegistration(resource, outcome),
    });
  });
  const check = (): void => {
    for (const endpoint of endpoints) endpoint.check();
  };
  const kubelet = new DirectoryWatch([directory], check, (path, errno) =>
    log.warn({ path, errno }, `directory ${quote(path)} cannot be watched (${errno})`),
  );
  check();
  return {
    metrics: () => metrics.write(),
    troubles: () => [
      ...endpoints.filter(({ state }) => state !== 'registered').map(({ resource, state }) => `${resource}: ${state}`),
      ...inventory.failures(),
    ],
    close: () => {
      kubelet.close();
      inventory.close();
      for (const endpoint of endpoints) endpoint.close();
    },
  };
}

function readFigures({ resource, state }: Endpoint, inventory: Inventory): Figures {
  const { devices } = inventory.offer(resource);
  const healthy = devices.filter(({ trouble }) => trouble === undefined).length;
  return { healthy, unhealthy: devices.length - healthy, isRegistered: state === 'registered' };
}
