// What must hold after a fault, and after the run without one that follows it.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { STARTED } from '../support/fake-runtime.ts';
import { cutPage } from '../support/run-shim.ts';
import { type Fault, injectedRun, type Outcome, undisturbedRun } from './injected-run.ts';
import type { Stage } from './stories.ts';

/** The name of a file that a killed run could not take away. */
const LEFTOVER = /^\.config\.json\.cdi-runtime-[a-z0-5]{8}$/;

export interface Usual {
  /** what is on record without a fault */
  readonly outcomes: readonly string[];
  /** whether it is known by then where a record goes, so that there must be one */
  readonly isKnown: boolean;
  /** whether the call is about the audit, so that there may be none */
  readonly isOfAudit: boolean;
}

/** What a create without a fault has on record: the outcomes of its lines. */
export function usualRecord(stage: Stage): readonly string[] {
  return readRecord(stage).map(({ outcome }) => outcome);
}

/**
 * Disturbs a create, and lets it run once more.
 *
 * @returns what is wrong, in words; empty where all is well
 */
export async function disturb(stage: Stage, fault: Fault, usual: Usual): Promise<string[]> {
  stage.reset();
  const before = stage.look();
  const outcome = await injectedRun(stage.create, fault);
  const wrong = [
    ...wrongWithFile(stage, before.marks),
    ...wrongNames(stage.look().names, before.names, fault),
    ...wrongStart(stage, outcome, fault),
    ...(outcome.signal === null ? wrongWords(stage, outcome, fault) : []),
    ...wrongRecord(stage, outcome, fault, usual),
  ];
  const left = stage.look().text;
  rmSync(stage.audit, { force: true });
  const again = await undisturbedRun(stage.create);
  const later = [...wrongWithFile(stage, before.marks), ...wrongRun(stage, again, left)];
  const recorded = usualRecord(stage).at(-1);
  if (recorded !== usual.outcomes.at(-1) && recorded !== 'already') later.push(`on record is ${recorded}`);
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

interface Line {
  readonly record: string;
  readonly outcome: string;
  readonly error?: { readonly message: string };
}

function readRecord({ audit }: Stage): readonly Line[] {
  const text = existsSync(audit) ? readFileSync(audit, 'utf8') : '';
  return text === ''
    ? []
    : text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => JSON.parse(line));
}

/** On record is exactly what happened: what was intended, what came of it, and why. */
function wrongRecord(stage: Stage, outcome: Outcome, { call }: Fault, expected: Usual): string[] {
  const { outcomes: usual, isKnown, isOfAudit: isLost } = expected;
  const { record, stderr, signal } = outcome;
  const lines = readRecord(stage);
  const outcomes = lines.map((line) => line.outcome);
  const last = lines.at(-1);
  const said = `on record is ${JSON.stringify(lines)}`;
  const isEdited = stage.look().text === stage.edited && stage.edited !== stage.before;
  if (new Set(lines.map((line) => line.record)).size > 1) return [`one run, two records: ${said}`];
  if (isEdited && outcomes[0] !== 'intended' && !isLost) return [`an edit without intent: ${said}`];
  if (signal !== null) {
    // A kill cuts the record short. After an exec that failed, a kill may come before that is on record.
    const isTrue =
      isEdited || stage.edited === stage.before || usual.at(-1) === 'failed' || last?.outcome !== 'injected';
    return isPart(outcomes, usual) && isTrue ? [] : [`it was killed, but ${said}`];
  }
  if (record !== undefined) {
    const isUsual = isLost ? isPart(outcomes, usual) : outcomes.join() === usual.join();
    return isUsual ? [] : [`it was started, but ${said}`];
  }
  const wrong = isEdited && !stderr.includes('stays as it was edited') ? ['it was not started, but edited'] : [];
  if (isLost || (!isKnown && last === undefined)) return wrong;
  const isFailure = last?.outcome === 'refused' || last?.outcome === 'failed';
  // What could not be told on stderr is on record all the same.
  const isTold = call.text.startsWith('write(2,') || `${last?.error?.message}\n` === cutPage(stderr);
  return isFailure && isTold ? wrong : [...wrong, `it was not started, but ${said}, and stderr is ${stderr}`];
}

/** Whether some of a list, in its order, is all of the other. */
function isPart(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const outcome of all) if (some[at] === outcome) at++;
  return at === some.length;
}

/** Whether a log is the one line that engines look for. */
function isReport(logged: string): boolean {
  if (!/^\{[^\n]+\}\n$/.test(logged)) return false;
  const { level, msg } = JSON.parse(logged);
  return level === 'error' && msg.startsWith('cannot ');
}

/** @param left the document as the disturbed run has left it, which an edit that cannot be taken back may be */
function wrongRun(stage: Stage, { status, stderr, record }: Outcome, left: string): string[] {
  const { text, names } = stage.look();
  const wrong: string[] = [];
  // What a kill has left when it cut an undo short goes with the next edit: now there is nothing to edit.
  const isUndone = !stage.starts && stage.edited !== stage.before && left === stage.edited;
  if (!isUndone && names.some((name) => LEFTOVER.test(name))) wrong.push(`files were left: ${names}`);
  const asWanted = stage.starts
    ? status === STARTED && text === stage.edited && record?.config?.toString() === stage.edited
    : status === 1 && (text === stage.before || text === left) && record === undefined;
  if (!asWanted) wrong.push(`it ends with ${status}, ${stderr}and the document ${JSON.stringify(text)}`);
  return wrong;
}
