// cdictl uninstall: the shim and its links are removed.
import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CdiError } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import type { Context, Run } from '../command.ts';
import { beginWork } from '../engine/host-work.ts';
import { findRecordFolder, readAllSetups } from '../engine/record.ts';
import { linkUsers, readWirings } from '../engine/wirings.ts';
import { linkTarget, readHostRoot, resolveEntryInRoot, resolveInRoot } from '../files/host-root.ts';
import { DISTRIBUTED_SHIM_PATH, findShimPath } from '../files/packaged-shim.ts';
import { removeRunFolder } from '../files/run-folder.ts';
import { tryReadShim } from '../files/shim-file.ts';
import { sweep } from '../files/sweep.ts';
import { print } from '../print.ts';

/** Removes what `install` and `engine configure` put there, and nothing else. */
export const run: Run = async (context, given) => {
  const root = readHostRoot(given);
  const path = resolve(given.value('path') ?? findShimPath(root));
  const file = resolveEntryInRoot(root, path);
  const what = `remove the shim ${quote(path)}`;
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat !== undefined && (!stat.isFile() || tryReadShim(file) === undefined)) {
    throw new CdiError('CANNOT_WRITE', {
      what,
      path,
      why: 'another program has that name',
      hint: 'remove it by hand if you mean it',
    });
  }
  if (!given.flag('force')) await demandUnused(context, root, path, what);
  const removed = [...findLinks(root, path), ...(stat === undefined ? [] : [path])];
  if (given.flag('dry-run')) return report(context, path, removed, 'would remove');
  if (path === DISTRIBUTED_SHIM_PATH && given.value('path') === undefined && stat !== undefined) {
    const why = "it is a file of the distribution's package";
    throw new CdiError('CANNOT_WRITE', { what, path, why, hint: 'remove the package cdi-runtime' });
  }
  beginWork(context, root, what);
  sweep(file);
  for (const entry of removed) {
    const failure = context.host.remove(resolveEntryInRoot(root, entry));
    if (failure !== undefined && failure.errno !== 'ENOENT') {
      throw new CdiError('CANNOT_WRITE', {
        what,
        path: entry,
        why: `it was refused (${failure.errno})`,
        hint: 'run it as root',
      });
    }
  }
  removeRunFolder(root);
  return report(context, path, removed, 'removed');
};

function report(context: Context, path: string, removed: readonly string[], did: 'removed' | 'would remove'): 0 {
  print(context, did === 'removed' ? { removed } : { removed: [], wouldRemove: removed }, () => {
    if (context.quiet) return '';
    return removed.length === 0
      ? `there is no shim at ${path}\n`
      : removed.map((entry) => `${did} ${entry}\n`).join('');
  });
  return 0;
}

/** An engine that calls what is gone starts no container, and cannot end those that run. */
async function demandUnused(context: Context, root: string, path: string, what: string): Promise<void> {
  const directory = dirname(path);
  const wired = linkUsers(await readWirings(context.host, root), directory).map(
    ({ engine, runtime }) => `${engine} (runtime ${quote(runtime.name)} in ${quote(runtime.file)})`,
  );
  const recorded = [...readAllSetups(findRecordFolder(context.host, root), root)].flatMap(([engine, { links }]) => {
    const isKnown = wired.some((user) => user.startsWith(`${engine} `));
    return isKnown || links.every((link) => dirname(link.path) !== directory) ? [] : [`${engine} (by its record)`];
  });
  const users = [...wired, ...recorded];
  if (users.length === 0) return;
  throw new CdiError('CANNOT_WRITE', {
    what,
    path,
    why: `it is still called by ${users.join(', ')}`,
    hint: 'run cdictl engine unconfigure first, or add --force',
  });
}

/** Links beside the shim that lead to it: `cdi-runc` and the like. */
function findLinks(root: string, path: string): string[] {
  const directory = dirname(path);
  let names: string[];
  try {
    names = readdirSync(resolveInRoot(root, directory));
  } catch {
    return [];
  }
  const target = resolveInRoot(root, path);
  return names
    .filter((name) => name.startsWith('cdi-'))
    .map((name) => join(directory, name))
    .filter((link) => link !== path && linkTarget(resolveEntryInRoot(root, link)) !== undefined)
    .filter((link) => resolveInRoot(root, link) === target);
}
