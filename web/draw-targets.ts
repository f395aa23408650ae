// What engines that read the specs themselves, and the runtimes behind them, would make of them, release by release.
import type { Spec } from '../src/cdi/spec.ts';
import { tryReadSpec } from '../src/cli/lint/spec-text.ts';
import {
  findKnownVersion,
  judgeForTarget,
  listReleases,
  TARGET_NAMES,
  type Target,
  type TargetFinding,
} from '../src/engines/targets.ts';
import { type Case, getSpecPath } from './case.ts';
import { make } from './element.ts';
import type { Finding } from './judge.ts';

interface Told {
  readonly file: string;
  readonly finding: TargetFinding;
}

/** The oldest release that takes all specs, and what the one before it says; without specs that no one takes. */
export function drawTargets({ specs }: Case, findings: readonly Finding[]): Node[] {
  const broken = new Set(
    findings.flatMap(({ path, severity, rule }) => (severity === 'error' && rule === undefined ? path : [])),
  );
  const [bad, good] = [true, false].map((isBroken) =>
    specs.filter(({ name }) => broken.has(getSpecPath(name)) === isBroken),
  );
  const notes = (bad ?? []).map(({ name }) => make('p', { class: 'bad' }, `${name} has faults: no engine takes it.`));
  const read = (good ?? []).flatMap(({ name, text }) => {
    const spec = tryReadSpec(text);
    return spec === undefined ? [] : [{ file: name.replace(/^.*\//, ''), spec }];
  });
  if (read.length === 0) return notes;
  const head = ['Engine or runtime', 'Takes all of it', 'Before that'].map((title) =>
    make('th', { scope: 'col' }, title),
  );
  const table = make(
    'table',
    { class: 'targets' },
    make('thead', {}, make('tr', {}, ...head)),
    make('tbody', {}, ...TARGET_NAMES.map((name) => drawTarget(name, read))),
  );
  return [...notes, table];
}

function drawTarget(
  name: Target['name'],
  specs: readonly { readonly file: string; readonly spec: Spec }[],
): HTMLElement {
  const judged = listReleases(name).map((target) => ({
    target,
    told: specs.flatMap(({ file, spec }) => judgeForTarget(spec, target).map((finding): Told => ({ file, finding }))),
  }));
  // A branch may have got a newer reader late: what counts is from where on none falls back.
  const last = judged.findLastIndex(({ told }) => told.length > 0);
  const good = judged[last + 1]?.target;
  const before = judged[last];
  const reads = judged.some(({ target }) => findKnownVersion(target) !== undefined);
  const every = reads ? 'every release that reads specs' : 'every release';
  const since = last < 0 ? every : `from ${shorten(good?.version)} on`;
  const cell =
    good === undefined ? make('td', { class: 'bad' }, 'no release yet') : make('td', { class: 'good' }, since);
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, NAMES[name] ?? name),
    cell,
    make('td', {}, ...(before?.told ?? []).flatMap((told) => drawTold(told, specs.length > 1))),
  );
}

function drawTold({ file, finding: { effect, message, cure } }: Told, isOneOfMany: boolean): Node[] {
  const where = isOneOfMany ? `${file}: ` : '';
  return [
    make('p', { class: effect === 'refused' ? 'bad' : 'warn' }, `${where}${message}`),
    make('p', { class: 'cure' }, cure),
  ];
}

const NAMES: Readonly<Record<string, string>> = {
  crio: 'CRI-O',
  docker: 'Docker',
  podman: 'Podman',
  buildah: 'Buildah',
};

function shorten(version = ''): string {
  return version.replace(/^(\d+\.\d+)\.0$/, '$1');
}
