// Many creates at once while specs, settings and the log are replaced in every common way, and what is wrong with them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { compile, STARTED, takeRecord } from '../support/fake-runtime.ts';
import { SHIM } from '../support/run-shim.ts';
import { beginChanges, type Place, ROUNDS, type Round, SPEC } from './changes.ts';

const AT_ONCE = 64;
const LONGEST_MS = 120_000;

const BEFORE = '{"process":{"env":["A=1"]},"annotations":{"cdi.k8s.io/x":"vendor.com/gpu=gpu0,vendor.com/gpu=gpu1"}}\n';

/** What comes of the document by one version of the spec: never a mixture. */
function edited(version: string): string {
  const mount = `{"destination":"/${version}","source":"/etc"}`;
  return BEFORE.replace('["A=1"]', `["A=1","ONE=${version}","TWO=${version}"]`).replace(
    /\}\n$/,
    `,"mounts":[${mount}]}\n`,
  );
}

const EDITED = ['a', 'b'].map(edited);

export interface Churned {
  creates: number;
  /** what was written or turned over meanwhile */
  changes: number;
  /** creates that met a spec right when it was emptied to be written */
  refused: number;
  /** creates with lines that `copytruncate` took away between its copy and its end */
  truncated: number;
  readonly wrong: string[];
}

/** @param enough whether to stop, asked before each round */
export async function churn(folder: string, enough: (rounds: number) => boolean): Promise<Churned> {
  const churned: Churned = { creates: 0, changes: 0, refused: 0, truncated: 0, wrong: [] };
  const runtime = compile('fake-runc', folder);
  for (let round = 0; !enough(round); round++) {
    const ways = ROUNDS[round % ROUNDS.length];
    if (ways === undefined) continue;
    const place = layOut(join(folder, `${round}`), runtime);
    const wrong = await runRound(place, ways, churned);
    churned.wrong.push(
      ...wrong.map((what) => `specs ${ways.specs}, settings ${ways.settings}, log ${ways.log}: ${what}`),
    );
    rmSync(place.root, { recursive: true });
  }
  return churned;
}

function layOut(root: string, runtime: string): Place {
  const [cdi, log, own] = [join(root, 'cdi'), join(root, 'log'), join(root, 'settings')];
  for (const made of [cdi, log, own]) mkdirSync(made, { recursive: true, mode: 0o755 });
  const audit = join(log, 'audit.jsonl');
  const text = `runtime: ${runtime}\nspecDirs: [${cdi}]\naudit: { path: ${audit} }\n`;
  const [spec, settings] = [join(cdi, 'gpu.yaml'), join(own, 'settings.yaml')];
  writeFileSync(spec, SPEC.replaceAll('VERSION', 'a'), { mode: 0o644 });
  writeFileSync(settings, text, { mode: 0o644 });
  return { root, spec, settings, audit, text };
}

interface Create {
  readonly bundle: string;
  readonly begin: number;
  readonly end: number;
  readonly status: number | null;
  readonly said: string;
  /** the document that the runtime saw; undefined where it was not started */
  readonly saw: string | undefined;
}

async function runRound(place: Place, ways: Round, churned: Churned): Promise<string[]> {
  const endChanges = await beginChanges(place, ways);
  const creates = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, i) => create(place, join(place.root, `b${i}`))),
  );
  const { count, cuts } = await endChanges();
  churned.changes += count;
  churned.creates += creates.length;
  const lines = readLines(place.audit);
  const wrong = creates.flatMap((one) => {
    if (one.status !== STARTED && ways.specs === 'in place') churned.refused++;
    const found = [...wrongDocument(one, ways), ...wrongLines(one, lines)];
    const isCut = cuts.some((cut) => cut.begin <= one.end && one.begin <= cut.end);
    const isTruncated = isCut && wrongLines(one, lines).length > 0;
    if (isTruncated) churned.truncated++;
    return (isTruncated ? wrongDocument(one, ways) : found).map((what) => `${what}: ${JSON.stringify(one)}`);
  });
  const names = [place.spec, place.settings].flatMap((file) => readdirSync(join(file, '..')));
  return [...wrong, ...(names.join() === 'gpu.yaml,settings.yaml' ? [] : [`there are ${names}`])];
}

async function create({ root, settings }: Place, bundle: string): Promise<Create> {
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'config.json'), BEFORE);
  const record = `${bundle}.record`;
  const begin = Date.now();
  const child = spawn(SHIM, ['create', '--bundle', bundle, 'id'], {
    cwd: root,
    env: { CDI_RUNTIME_CONFIG: settings, FAKE_RUNC_RECORD: record },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
  });
  const ended = once(child, 'close');
  const said = (await Promise.all([textOf(child.stdout), textOf(child.stderr)])).join('');
  const [status] = await ended;
  return { bundle, begin, end: Date.now(), status, said, saw: takeRecord(record)?.config?.toString() };
}

/** All of one version and the runtime saw it, or the old document and a reason. */
function wrongDocument({ bundle, status, said, saw }: Create, { specs }: Round): string[] {
  const names = readdirSync(bundle).join();
  const text = readFileSync(join(bundle, 'config.json'), 'utf8');
  const isStarted = status === STARTED && said === '' && saw === text && EDITED.includes(text);
  const isRefused = status === 1 && /^cannot [^\n]+\n$/.test(said) && saw === undefined && text === BEFORE;
  // One that is empty for a moment defines nothing.
  const isRight = isStarted || (specs === 'in place' && isRefused);
  return [...(isRight ? [] : [`it became ${text}`]), ...(names === 'config.json' ? [] : [`there are ${names}`])];
}

interface Line {
  readonly bundle: string;
  readonly record: string;
  readonly outcome: string;
}

/** Of all files of the log. What `copytruncate` copied while it was written may end amid a line. */
function readLines(audit: string): Line[] {
  const folder = join(audit, '..');
  const whole = (name: string): string => readFileSync(join(folder, name), 'utf8').replace(/[^\n]*$/, '');
  return readdirSync(folder)
    .flatMap((name) => whole(name).split('\n'))
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}

/** What was intended and what came of it, or the refusal, under one name. */
function wrongLines({ bundle, status }: Create, lines: readonly Line[]): string[] {
  const own = lines.filter((line) => line.bundle === bundle);
  const outcomes = own.map(({ outcome }) => outcome).sort();
  const wanted = status === STARTED ? ['injected', 'intended'] : ['refused'];
  const isRight = outcomes.join() === wanted.join() && new Set(own.map(({ record }) => record)).size === 1;
  return isRight ? [] : [`on record is ${JSON.stringify(own)}`];
}
