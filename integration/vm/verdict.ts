// Reads off the console how the checks ended.
import type { Check } from './checks.ts';

export interface Result {
  readonly check: Check;
  /** undefined where it passed */
  readonly reason: string | undefined;
  /** what the VM showed of it, for a person */
  readonly log: readonly string[];
}

export interface Verdict {
  /** of the checks that ran, in the order of the table */
  readonly results: readonly Result[];
  /** why the run as a whole counts for nothing, whatever the results */
  readonly problem: string | undefined;
}

const OUTCOME = /^VM (?:ok (?<passed>\S+)|not ok (?<failed>[^\s:]+): (?<reason>.*))$/;
const LOG = /^VM log (?<name>\S+): (?<text>.*)$/;
const DONE = /^VM-DONE passed=(?<passed>\d+) failed=(?<failed>\d+)$/;

interface Outcome {
  readonly name: string;
  readonly reason: string | undefined;
}

/**
 * Each check must have one outcome, and the VM's own count of them must be the same.
 *
 * @param texts the console's lines
 */
export function readVerdict(texts: readonly string[], checks: readonly Check[]): Verdict {
  const outcomes = texts.flatMap((text) => outcomeOf(text) ?? []);
  const results = checks.flatMap((check) => {
    const outcome = outcomes.find(({ name }) => name === check.name);
    return outcome === undefined ? [] : [{ check, reason: outcome.reason, log: logOf(check, texts) }];
  });
  return { results, problem: problemOf(texts, checks, outcomes) };
}

function outcomeOf(text: string): Outcome | undefined {
  const { passed, failed, reason } = OUTCOME.exec(text)?.groups ?? {};
  const name = passed ?? failed;
  return name === undefined ? undefined : { name, reason };
}

function logOf(check: Check, texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const found = LOG.exec(text)?.groups;
    return found?.['name'] === check.name ? [found['text'] ?? ''] : [];
  });
}

function problemOf(
  texts: readonly string[],
  checks: readonly Check[],
  outcomes: readonly Outcome[],
): string | undefined {
  const done = texts.map((text) => DONE.exec(text)?.groups).find((groups) => groups !== undefined);
  if (done === undefined) return `the VM ended without a verdict; its last words: ${lastWords(texts)}`;
  const listed = checks.map(({ name }) => name);
  const ran = outcomes.map(({ name }) => name);
  const missing = listed.filter((name) => !ran.includes(name));
  if (missing.length > 0) return `these checks did not run: ${missing.join(', ')}`;
  const strange = ran.filter((name, i) => ran.indexOf(name) !== i || !listed.includes(name));
  if (strange.length > 0) return `these ran that should not, or twice: ${strange.join(', ')}`;
  const failed = outcomes.filter(({ reason }) => reason !== undefined).length;
  const counted = `passed=${outcomes.length - failed} failed=${failed}`;
  const said = `passed=${done['passed']} failed=${done['failed']}`;
  return counted === said ? undefined : `the VM counted ${said}, and its console has ${counted}`;
}

function lastWords(texts: readonly string[]): string {
  const last = texts.map((text) => text.trim()).filter((text) => text !== '');
  return last.length === 0 ? 'none' : `\n${last.slice(-10).join('\n')}`;
}
