// cdictl dirs: where specs are looked for.
import { failed } from '../../host/host.ts';
import { Trust } from '../../host/trust.ts';
import { listSpecs } from '../../registry/scan.ts';
import { readFailure } from '../../registry/spec-file.ts';
import type { Run } from '../command.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

/** Lists the spec directories in rising priority, with what is wrong with them. */
export const run: Run = (context) => {
  const trust = new Trust(context.host);
  const strict = context.settings().settings.trust.owner === 'strict';
  const rows = context.specDirs().map((path, priority) => {
    const listing = listSpecs(context.host, path);
    if (failed(listing)) {
      const isMissing = listing.errno === 'ENOENT';
      const why = isMissing ? undefined : readFailure(listing.errno === 'ENOTDIR' ? 'EFTYPE' : listing.errno, 0);
      return { path, priority, state: isMissing ? 'missing' : 'in error', why, specs: 0 };
    }
    const why = strict ? trust.problem(path) : undefined;
    return { path, priority, state: why === undefined ? 'ok' : 'not trusted', why, specs: listing.count };
  });
  print(context, { directories: rows }, () => {
    const cells = rows.map(({ path, priority, specs, state, why }) => [
      path,
      String(priority),
      String(specs),
      why === undefined ? state : `${state}: ${why}`,
    ]);
    return table(context.stdout, ['DIRECTORY', 'PRIORITY', 'SPECS', 'STATE'], cells);
  });
  return 0;
};
