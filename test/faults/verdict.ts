// What must hold after a fault, and after the run without one that follows it.
import { existsSync, readFileSync } from 'node:fs';
import { STARTED } from '../support/fake-runtime.ts';
import { type Fault, injectedRun, type Outcome, undisturbedRun } from './injected-run.ts';
import type { Stage } from './stories.ts';

/** The name of a file that a killed run could not take away. */
const LEFTOVER = /^\.config\.json\.cdi-runtime-[a-z0-5]{8}$/;

/** Disturbs a create, and lets it run once more. @returns what is wrong, in words; empty where all is well */
export function disturb(stage: Stage, fault: Fault): string[] {
  stage.reset();
  const before = stage.look();
  const outcome = injectedRun(stage.create, fault);
  const wrong = [
    ...wrongWithFile(stage, before.marks),
    ...wrongNames(stage.look().names, before.names, fault),
    ...wrongStart(stage, outcome, fault),
    ...(outcome.signal === null ? wrongWords(stage, outcome, fault) : []),
  ];
  const again = undisturbedRun(stage.create);
  const later = [...wrongWithFile(stage, before.marks), ...wrongRun(stage, again)];
  return [...wrong, ...later.map((what) => `once more: ${what}`)];
}

/** The document is as before or fully edited, with all that belongs to the file. */
function wrongWithFile(stage: Stage, marks: string): string[] {
  const now = stage.look();
  const wrong: string[] = [];
  if (now.text !== stage.before && now.text !== stage.edited) wrong.push(`config.json is ${JSON.stringify(now.text)}`);
  if (now.marks !== marks) wrong.push(`config.json has ${now.marks}, had ${marks}`);
  return wrong;
}

/** Only where the shim was killed, or could not take its file away, may that be left. */
function wrongNames(now: readonly string[], before: readonly string[], { call, effect }: Fault): string[] {
  const added = now.filter((name) => !before.includes(name));
  const excused = effect === 'KILL' || call.name === 'unlinkat';
  const unavoidable = excused && added.length === 1 && LEFTOVER.test(added[0] ?? '');
  return added.length === 0 || unavoidable ? [] : [`files were left: ${added}`];
}

/** The right runtime or none, and none before the edit. */
function wrongStart({ runtime, edited, starts }: Stage, { started, record }: Outcome, { effect }: Fault): string[] {
  const wrong: string[] = [];
  const saw = record?.config?.toString();
  if (started.some((program) => program !== runtime)) wrong.push(`another runtime was started: ${started}`);
  if (started.length > 0 && (!starts || effect === 'KILL')) wrong.push('the runtime was started');
  if (record !== undefined && saw !== edited) wrong.push(`the runtime saw ${JSON.stringify(saw)}`);
  return wrong;
}

/** Status, stderr and the log agree on whether the runtime was started. */
function wrongWords({ log }: Stage, { status, stdout, stderr, record }: Outcome, { call }: Fault): string[] {
  const logged = existsSync(log) ? readFileSync(log, 'utf8') : '';
  const said = [status, stdout, stderr, logged].join(' ');
  if (record !== undefined) return said === [STARTED, '', '', ''].join(' ') ? [] : [`it was started, but: ${said}`];
  const wrong: string[] = [];
  if (status !== 1 || stdout !== '') wrong.push(`it was not started, but: ${said}`);
  // What cannot be said cannot be said; and without any memory there is no core that knows of a log.
  const isStderr = call.text.startsWith('write(2,');
  const isLog = call.name === 'mmap' || call.text.includes(log) || call.text.includes('{\\"level\\"');
  if (!/^cannot [^\n]+\n$/.test(stderr) && !isStderr) wrong.push(`stderr is ${JSON.stringify(stderr)}`);
  if (!isReport(logged) && !(isLog && logged === '')) wrong.push(`the log is ${JSON.stringify(logged)}`);
  return wrong;
}

/** Whether a log is the one line that engines look for. */
function isReport(logged: string): boolean {
  if (!/^\{[^\n]+\}\n$/.test(logged)) return false;
  const { level, msg } = JSON.parse(logged);
  return level === 'error' && msg.startsWith('cannot ');
}

function wrongRun(stage: Stage, { status, stderr, record }: Outcome): string[] {
  const { text, names } = stage.look();
  const wrong: string[] = [];
  if (names.some((name) => LEFTOVER.test(name))) wrong.push(`files were left: ${names}`);
  const asWanted = stage.starts
    ? status === STARTED && text === stage.edited && record?.config?.toString() === stage.edited
    : status === 1 && text === stage.before && record === undefined;
  if (!asWanted) wrong.push(`it ends with ${status}, ${stderr}and the document ${JSON.stringify(text)}`);
  return wrong;
}
