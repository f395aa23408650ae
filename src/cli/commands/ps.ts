// cdictl ps: which container holds which device now, under every engine.
import { dirname } from 'node:path';
import { matchesGlob } from '../../text/glob.ts';
import { spellJson } from '../../text/json.ts';
import { escapeSteering } from '../../text/steering.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { findHolders, type Holding } from '../containers/holders.ts';
import { writeHoldings } from '../containers/holders-text.ts';
import { isPattern, matchDevices } from '../document/match-devices.ts';
import { print, writeYamlText } from '../print.ts';
import { createRootedContext } from '../rooted-context.ts';
import { escapeCell } from '../terminal/cell.ts';
import { keepLooking } from '../terminal/keep-looking.ts';

export const run: Run = (outer, given) => {
  const { context, root } = createRootedContext(outer, given);
  if (given.flag('watch')) return watchHolders(context, given, root);
  const { holdings, unsure, view } = findHolders(context, root);
  const wanted = holdings.filter(makeFilter(given));
  // a word that means no device is a mistake, unless one is held that is gone
  const words = given.values('device').filter((word) => !isPattern(word));
  if (wanted.length === 0) matchDevices(view, words);
  print(context, { holdings: wanted, unsure }, () => writeHoldings(context.stdout, wanted, context.host.now()));
  for (const sentence of context.quiet ? [] : unsure)
    context.stderr.write(`cdictl: this may not be all: ${sentence}\n`);
  if (wanted.length === 0 && !context.quiet && context.output === 'table')
    context.stderr.write(`cdictl: ${writeNone(given)}\n`);
  return 0;
};

function writeNone(given: Arguments): string {
  const what = given.values('device').length > 0 ? 'such a device' : 'a device';
  return `no running container holds ${what}${given.flag('stale') ? ' that is not as it was' : ''}`;
}

/** A device is also held by who has more than it, or has it by another name. */
function makeFilter(given: Arguments): (holding: Holding) => boolean {
  const patterns = given.values('device');
  const isStale = given.flag('stale');
  return ({ covers, stale }) =>
    (!isStale || stale.length > 0) &&
    (patterns.length === 0 || patterns.some((pattern) => covers.some((name) => matchesGlob(pattern, name))));
}

/** A process that ends changes no file. */
const EVERY_MS = 2000;

async function watchHolders(context: Context, given: Arguments, root: string): Promise<0> {
  const filter = makeFilter(given);
  const directories = [
    ...findHolders(context, root).folders.map((folder) => `${root}${folder}`),
    ...context.specDirs().map((folder) => `${root}${folder}`),
    dirname(`${root}${context.settings().settings.audit.path}`),
  ];
  let before: ReadonlyMap<string, Holding> = new Map();
  let doubts = '';
  return await keepLooking(context, {
    directories: [...new Set(directories)],
    what: 'containers',
    everyMs: EVERY_MS,
    look: (log, isFirst) => {
      const { holdings, unsure } = findHolders(context, root);
      if (unsure.join() !== doubts) for (const sentence of unsure) log.warn(`this may not be all: ${sentence}`);
      doubts = unsure.join();
      const after = new Map(holdings.filter(filter).map((holding) => [makeKey(holding), holding]));
      for (const [key, holding] of before) if (!after.has(key)) tell(context, 'freed', holding);
      for (const [key, holding] of after) {
        const old = before.get(key);
        if (old === undefined && !(isFirst && context.quiet)) tell(context, isFirst ? 'held' : 'taken', holding);
        else if (old !== undefined && old.stale.join() !== holding.stale.join()) tell(context, 'changed', holding);
      }
      before = after;
    },
  });
}

function makeKey({ device, holder, pid }: Holding): string {
  return `${device}\n${holder}\n${pid}`;
}

const COLOURS = { held: 'dim', taken: 'green', changed: 'yellow', freed: 'red' } as const;

function tell({ stdout, output, host }: Context, change: keyof typeof COLOURS, holding: Holding): void {
  if (output === 'table') {
    const { device, holder, by, pid, stale } = holding;
    const words = [
      stdout.style(COLOURS[change], change.padEnd(7)),
      escapeCell(device),
      escapeCell(holder),
      by,
      String(pid),
    ];
    stdout.write(`${[...words, ...stale.map(escapeCell)].join('  ')}\n`);
    return;
  }
  const data = { time: new Date(host.now()).toISOString(), change, ...holding };
  stdout.write(output === 'json' ? `${escapeSteering(spellJson(data))}\n` : `---\n${writeYamlText(data)}`);
}
