// cdictl dirs: where specs are looked for.
import { isFailure } from '../../host/host.ts';
import { Trust } from '../../host/trust.ts';
import { listSpecs } from '../../registry/scan.ts';
import { makeReadError } from '../../registry/spec-file.ts';
import type { Context, Run } from '../command.ts';
import { print } from '../print.ts';
import { layOutTable } from '../terminal/table.ts';

interface Row {
  readonly path: string;
  readonly priority: number;
  /** spec files in it, good or bad */
  readonly specs: number;
  readonly state: 'ok' | 'missing' | 'in error' | 'not trusted';
  readonly why: string | undefined;
}

/** Lists the spec directories in rising priority, with what is wrong with them. */
export const run: Run = (context) => {
  const rows = context.specDirs().map((path, priority) => makeRow(context, path, priority));
  print(context, { directories: rows.map((row) => ({ ...row })) }, () => {
    const cells = rows.map(({ path, priority, specs, state, why }) => [
      path,
      String(priority),
      String(specs),
      why === undefined ? state : `${state}: ${why}`,
    ]);
    return layOutTable(context.stdout, ['DIRECTORY', 'PRIORITY', 'SPECS', 'STATE'], cells);
  });
  return rows.some(({ state }) => state === 'in error') ? 1 : 0;
};

function makeRow({ host, settings }: Context, path: string, priority: number): Row {
  const listing = listSpecs(host, path);
  if (!isFailure(listing)) {
    const why = settings().settings.trust.owner === 'strict' ? new Trust(host).problem(path) : undefined;
    return { path, priority, specs: listing.count, state: why === undefined ? 'ok' : 'not trusted', why };
  }
  const { errno } = listing;
  if (errno === 'ENOENT') return { path, priority, specs: 0, state: 'missing', why: undefined };
  return { path, priority, specs: 0, state: 'in error', why: makeReadError(errno, 0) };
}
