// What specs may do to a container: edits that are trusted, and of things that the host still has.
import { type EditsOfKind, gatherEdits, type SourcedEdits } from '../edits/apply.ts';
import type { EditProblem } from '../edits/finding.ts';
import { listItems, sortKinds } from '../edits/kinds.ts';
import type { Host } from '../host/host.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import type { JsonValue } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import type { SpecSources } from './spec-sources.ts';

export interface CheckedEdits {
  /** what is left of the edits, hooks with the env that they get */
  readonly gathered: readonly EditsOfKind[];
  readonly warnings: readonly string[];
}

/** What a hook without env gets (design: the container's environment must not reach it). */
export const MINIMAL_HOOK_ENV: readonly string[] = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
];

const CHECKED = sortKinds(['hooks', 'mounts', 'deviceNodes']).filter(({ finding }) => finding !== undefined);

/**
 * Judges edits by trust and by what the host has, and gathers those that stay.
 *
 * @throws {CdiError} UNTRUSTED; STALE_DEVICE with `stale: fail`
 */
export function checkEdits(
  host: Host,
  list: readonly SourcedEdits[],
  sources: SpecSources,
  { trust: limits, stale, hooks }: Pick<Settings, 'trust' | 'stale' | 'hooks'>,
): CheckedEdits {
  const warnings: string[] = [];
  const leftOut = new Set<JsonValue>();
  const machine = { host, trust: sources.trust, limits };
  for (const sourced of list) {
    for (const { name, isKept, finding: find } of CHECKED) {
      let index = -1;
      for (const item of listItems(sourced.edits, name)) {
        index++;
        const finding = find?.(item, machine);
        if (finding === undefined) continue;
        const error = makeError(finding, sourced, sources, [name, index, ...finding.field]);
        if (finding.code === 'UNTRUSTED' || stale === 'fail') throw error;
        const isLeftOut = stale === 'skip' && isKept !== true;
        warnings.push(isLeftOut ? `left out: ${error.message}` : error.message);
        if (isLeftOut) leftOut.add(item);
      }
    }
  }
  const gathered = gatherEdits(list).flatMap(({ kind, edits }) => {
    const left = leftOut.size === 0 ? edits : edits.filter(({ value }) => !leftOut.has(value));
    const { completed } = kind;
    if (completed === undefined || hooks.emptyEnv === 'keep') return left.length === 0 ? [] : [{ kind, edits: left }];
    return [{ kind, edits: left.map((edit) => ({ ...edit, value: completed(edit.value, MINIMAL_HOOK_ENV) })) }];
  });
  return { gathered, warnings };
}

function makeError(
  { code, what, why, hint }: EditProblem,
  sourced: SourcedEdits,
  sources: SpecSources,
  field: readonly (string | number)[],
): CdiError {
  const { path } = sourced;
  return new CdiError(code, {
    what: `${what} of spec ${quote(path)}`,
    path,
    at: sources.locate(sourced, field),
    why,
    hint,
  });
}
