// cdictl engine verify: a pod is started by the runtime, as the kubelet would have it, and removed again.
import { randomUUID } from 'node:crypto';
import type { EngineConfig } from '../../engines/engine.ts';
import { getString, getToml, parseToml } from '../../engines/toml-file.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Run } from '../command.ts';
import { tryHandler } from '../cri/try-handler.ts';
import { readEngineConfig } from '../engine/files.ts';
import { type EnginePlace, findEngine, findEnginePlace } from '../engine/place.ts';
import { readHostRoot, resolveInRoot } from '../files/host-root.ts';
import { print } from '../print.ts';
import { UsageError } from '../usage-error.ts';

/** What an engine listens at for the kubelet, where no file says otherwise. */
const SOCKETS = new Map([
  ['containerd', '/run/containerd/containerd.sock'],
  ['crio', '/run/crio/crio.sock'],
]);
const KEYS = new Map([
  ['containerd', ['grpc', 'address']],
  ['crio', ['crio', 'api', 'listen']],
]);

/** Of an engine's words the end is what matters, and it quotes whom it asked itself. */
const LONGEST = 150;

export const run: Run = async (context, given): Promise<0> => {
  const engine = findEngine(given.operands[0] ?? '');
  const usual = SOCKETS.get(engine.id);
  if (usual === undefined) throw new UsageError(`${engine.id} starts no pods for a kubelet`);
  const place = findEnginePlace(context.host, given, engine);
  const config = readEngineConfig(place, undefined);
  const handler = given.value('runtime-name') ?? 'cdi';
  const path = given.value('socket') ?? findSocket(place, config) ?? usual;
  const uid = randomUUID();
  const why = await tryHandler(resolveInRoot(readHostRoot(given), path), {
    name: `cdi-runtime-verify-${uid.slice(0, 8)}`,
    namespace: 'cdi-runtime',
    uid,
    handler,
    cgroupParent: usesSystemd(config) ? 'system.slice' : '',
  });
  if (why !== undefined) {
    throw new CdiError('NO_RUNTIME', {
      what: `start a pod by runtime ${quote(handler)}`,
      why: `${engine.id} at ${quote(path)} says ${quote(why.length > LONGEST ? `…${why.slice(-LONGEST)}` : why)}`,
      hint: `see cdictl engine status ${engine.id}`,
    });
  }
  const said = `${engine.id}: a pod was started by runtime ${handler}, and removed\n`;
  print(context, { engine: engine.id, runtime: handler, socket: path }, () => (context.quiet ? '' : said));
  return 0;
};

function findSocket({ engine }: EnginePlace, { texts }: EngineConfig): string | undefined {
  const key = KEYS.get(engine.id) ?? [];
  return [...texts.values()].map((text) => getString(parseToml(text), key)).findLast((path) => path);
}

/** containerd hands the name of a pod's cgroup to the runtime as it is, which wants that of a slice where systemd makes it. */
function usesSystemd({ texts }: EngineConfig): boolean {
  return [...texts.values()].some(
    (text) => /^\s*SystemdCgroup\s*=\s*true/m.test(text) && getToml(parseToml(text), ['plugins']) !== undefined,
  );
}
