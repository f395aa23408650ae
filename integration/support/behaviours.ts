// What engines are tested for: the rows of the matrix, and the tests that fill them.
import { type TestContext, test } from 'node:test';

/** Each behaviour's row in the matrix, in its order. An engine with a way of its own adds a row. */
export const BEHAVIOURS = {
  annotation: 'asked for by annotation',
  env: 'asked for by variable',
  device: 'device seen and opened',
  edits: 'mount, variable and group',
  hook: 'hook ran, minimal environment',
  cgroup: 'cgroup: denied before, allowed after',
  untouched: 'no request: as without us',
  refusal: 'refusal as the user sees it',
  status: 'exit status passed on',
  many: '50 started at once',
  restart: 'engine restarted, container lives on',
  exec: 'exec',
  kill: 'kill, stop',
  pause: 'pause, resume',
  tty: 'terminal',
  again: 'container restarted',
  delete: 'delete, nothing left',
  holders: 'known to ps and explain',
  storage: 'storage drivers',
  checkpoint: 'checkpoint, restore',
  update: 'limits changed',
  health: 'health check',
  pod: 'pod with two containers',
  sandbox: 'sandbox untouched',
  patterns: 'annotation patterns',
  handler: 'unknown runtime refused',
  named: 'runtime by configuration',
  reload: 'configuration reloaded',
  default: 'as default runtime',
  image: 'image that asks',
  build: 'build',
  kube: 'kube play',
  both: 'own CDI as well, nothing doubled',
} as const;

export type Behaviour = keyof typeof BEHAVIOURS;

/** The matrix calls it missing, and the run fails, where an engine has neither a test nor a skip for one of these. */
export const REQUIRED: readonly Behaviour[] = [
  'device',
  'edits',
  'hook',
  'cgroup',
  'untouched',
  'refusal',
  'status',
  'many',
  'restart',
];

/**
 * A test that fills cells of the matrix. It stands in a top-level `describe` with the engine's name, its column.
 *
 * @param skip why the engine cannot be tested for this here; false where it can
 */
export function shows(
  behaviours: readonly Behaviour[],
  title: string,
  body: (context: TestContext) => void | Promise<void>,
  skip: string | false = false,
): void {
  test(`${behaviours.join(', ')}: ${title}`, { skip }, body);
}

/** The behaviours that a test's name begins with. */
export function behavioursOf(name: string): readonly string[] {
  const words = name.slice(0, Math.max(0, name.indexOf(': '))).split(', ');
  return words.filter((word) => Object.hasOwn(BEHAVIOURS, word));
}
