// What specs may do to a container: edits that are trusted, and of things that the host still has.
import type { ContainerEdits } from '../cdi/spec.ts';
import type { Host } from '../host/host.ts';
import type { SourcedEdits } from '../registry/resolve.ts';
import type { Settings } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import type { Finding } from './finding.ts';
import { hookFinding } from './hook-finding.ts';
import { mountFinding } from './mount-finding.ts';
import { nodeFinding } from './node-finding.ts';
import type { SpecSources } from './spec-sources.ts';

export interface CheckedEdits {
  /** what is left of the edits */
  readonly edits: readonly SourcedEdits[];
  readonly warnings: readonly string[];
}

/**
 * Judges edits by trust and by what the host has.
 *
 * @throws {CdiError} UNTRUSTED; STALE_DEVICE with `stale: fail`
 */
export function checkEdits(
  host: Host,
  edits: readonly SourcedEdits[],
  sources: SpecSources,
  { trust: limits, stale }: Pick<Settings, 'trust' | 'stale'>,
): CheckedEdits {
  const warnings: string[] = [];
  const { trust } = sources;
  const checked = edits.map((sourced): SourcedEdits => {
    const stays = (kind: keyof ContainerEdits, index: number, finding: Finding | undefined): boolean => {
      if (finding === undefined) return true;
      const error = errorOf(finding, sourced, sources, [kind, index, ...finding.field]);
      if (finding.code === 'UNTRUSTED' || stale === 'fail') throw error;
      // A hook is not left out: what it would have done is then missing.
      const isLeftOut = stale === 'skip' && kind !== 'hooks';
      warnings.push(isLeftOut ? `left out: ${error.message}` : error.message);
      return !isLeftOut;
    };
    const { hooks, mounts, deviceNodes } = sourced.edits;
    for (const [i, hook] of (hooks ?? []).entries()) stays('hooks', i, hookFinding(hook, trust, limits));
    const kept = {
      mounts: mounts?.filter((mount, i) => stays('mounts', i, mountFinding(host, trust, mount, limits.hostPaths))),
      deviceNodes: deviceNodes?.filter((node, i) => stays('deviceNodes', i, nodeFinding(host, node, limits.hostPaths))),
    };
    const isWhole = kept.mounts?.length === mounts?.length && kept.deviceNodes?.length === deviceNodes?.length;
    return isWhole ? sourced : { ...sourced, edits: { ...sourced.edits, ...kept } };
  });
  return { edits: checked, warnings };
}

function errorOf(
  { code, what, why, hint }: Finding,
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
