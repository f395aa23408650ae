// Makes a running engine take its new files; only where that is asked for.
import { existsSync } from 'node:fs';
import { readDaemonJson } from '../../engines/daemon-json.ts';
import type { EngineConfig, EngineId, Reload } from '../../engines/engine.ts';
import type { SpecHost } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { runOrUndo, type Work } from '../files/host-changes.ts';
import { resolveInRoot } from '../files/host-root.ts';
import type { EnginePlace } from './place.ts';
import { findEngineProcess } from './process.ts';
import { ask } from './program.ts';
import { isRunning, type WantedRuntime } from './running.ts';

/** An engine that has not taken its files by then has a problem of its own. */
const LONGEST_MS = 30_000;
const LOOK_AGAIN_MS = 100;
const GRACE_MS = 2000;

/** What was done: a sentence for a person. */
export type Reloaded = { readonly done: boolean; readonly how: string };

/** How a person does it. */
export function reloadCommand(reload: Reload): string | undefined {
  return reload.by === 'nothing' ? undefined : reload.command.join(' ');
}

/** How a person makes it forget a runtime: dockerd keeps what is gone from its file until it is restarted. */
export function forgetCommand(engine: EngineId, reload: Reload): string | undefined {
  const command = reloadCommand(reload);
  return engine === 'docker' ? command?.replace(' reload ', ' restart ') : command;
}

/**
 * Sends the signal or restarts the service, and waits until the engine has taken its files.
 *
 * @param how where it takes more than it does for a runtime
 * @throws {CdiError} CANNOT_WRITE where that cannot be done, or has no effect
 */
export async function reloadEngine(
  host: SpecHost,
  place: EnginePlace,
  config: EngineConfig,
  wanted: WantedRuntime,
  work: Work,
  how?: Reload,
): Promise<Reloaded> {
  const reload = how ?? place.engine.reload(config);
  if (reload.by === 'nothing') return { done: true, how: 'not needed: every command reads the files again' };
  const running = place.root === '' ? findEngineProcess(place) : undefined;
  if (place.root === '' && running === undefined) return { done: true, how: 'not needed: it is not running' };
  const tell = async (): Promise<Reloaded> => {
    const done =
      running !== undefined && reload.by === 'signal'
        ? signal(reload.process, reload.signal, running.pid)
        : await runService(place.root, reload);
    await waitUntilTaken(host, place, config, wanted, reloadCommand(reload) ?? '');
    return { done: true, how: done };
  };
  const forgets = reload.by === 'signal' && place.engine.id === 'docker' && wanted.path === undefined;
  return forgets ? reloadWithDefaults(place, config, work, tell) : tell();
}

function signal(name: string, signal: 'SIGHUP', pid: number): string {
  try {
    process.kill(pid, signal);
  } catch {
    throw makeReloadError(name, `process ${pid} takes no signal from this user`, 'run it as root');
  }
  return `${signal} to ${name} (process ${pid})`;
}

/** By the host's own systemctl, also when that host is seen from a container. */
async function runService(root: string, reload: Exclude<Reload, { by: 'nothing' }>): Promise<string> {
  const command = reload.command.join(' ');
  if (!existsSync(`${root}/run/systemd/system`)) {
    throw makeReloadError(reload.process, 'systemd does not run there', `do by hand what ${command} would do`);
  }
  const [program = '', ...args] = root === '' ? reload.command : ['chroot', root, ...reload.command];
  // systemctl would take the host's root for a chroot and do nothing
  const { status, stderr } = await ask(program, args, root === '' ? {} : { SYSTEMD_IGNORE_CHROOT: '1' });
  if (status === 0) return command;
  const lastLine = stderr.trim().split('\n').at(-1) ?? '';
  throw makeReloadError(
    reload.process,
    `${command} failed${lastLine === '' ? '' : ` with ${quote(lastLine)}`}`,
    'see its journal',
  );
}

async function waitUntilTaken(
  host: SpecHost,
  place: EnginePlace,
  config: EngineConfig,
  wanted: WantedRuntime,
  command: string,
): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  for (;;) {
    const running = await isRunning(host, place, config, wanted);
    if (running === 'yes') return;
    // it cannot be asked: what it was told by a signal it has done by then
    if (running === 'unknown') return pause(GRACE_MS);
    if (Date.now() > end) {
      const why = running === 'stopped' ? 'it did not come up again' : 'it still has its former runtimes';
      throw makeReloadError(place.engine.id, why, `see its log, then run ${command}`);
    }
    await pause(LOOK_AGAIN_MS);
  }
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

function makeReloadError(name: string, why: string, hint: string): CdiError {
  return new CdiError('CANNOT_WRITE', { what: `reload ${name}`, why, hint });
}

const DEFAULTS = { runtimes: {}, 'default-runtime': 'runc' };

/**
 * Lets the daemon read, by `read`, a file in which nothing is left to be taken for unchanged; then the file is as it was.
 *
 * @throws {CdiError} CANNOT_WRITE; BAD_ENGINE_CONFIG for a file that cannot be read
 */
async function reloadWithDefaults<T>(
  { files, root }: EnginePlace,
  config: EngineConfig,
  work: Work,
  read: () => Promise<T>,
): Promise<T> {
  const before = config.texts.get(files.main);
  const text = `${JSON.stringify({ ...DEFAULTS, ...readDaemonJson(config) })}\n`;
  const path = resolveInRoot(root, files.main);
  return await runOrUndo({ ...work, what: 'reload docker' }, async (changes) => {
    changes.put(path, before, text);
    const result = await read();
    changes.put(path, text, before);
    return result;
  });
}
