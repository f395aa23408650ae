// What devices do to a document: whoever names them on a command line has decided, so that no request and no policy is
// looked at. Everything else is as the shim does it.
import { rewrite } from '../../bundle/rewrite.ts';
import { planEdits } from '../../edits/apply.ts';
import { Draft } from '../../edits/draft.ts';
import { hasUserNamespace } from '../../edits/user-namespace.ts';
import { checkEdits } from '../../inject/check-edits.ts';
import type { InjectionPlan } from '../../inject/plan.ts';
import { resolveDevices } from '../../registry/resolve.ts';
import type { Context } from '../command.ts';
import type { SpecView } from '../look.ts';
import { getRuntimePath } from './bundle.ts';
import type { Document } from './document.ts';

/**
 * Plans the injection of devices that resolve.
 *
 * @throws {CdiError} UNTRUSTED, STALE_DEVICE, BAD_BUNDLE, BAD_DEVICE_NODE
 */
export function planDevices(
  { host, settings }: Context,
  { index, sources }: SpecView,
  { text, tree }: Document,
  names: readonly string[],
): InjectionPlan {
  const { edits } = resolveDevices(index, names);
  const draft = new Draft(tree, 0);
  const chosen = settings().settings;
  const { gathered, warnings, refusal, lookup } = checkEdits(host, edits, sources, chosen, {
    runtime: getRuntimePath(chosen),
    hasUserNamespace: () => hasUserNamespace(draft),
  });
  if (refusal !== undefined) throw refusal;
  const changes = planEdits(draft, gathered, lookup, 'once');
  return {
    decisions: [],
    facts: undefined,
    granted: [],
    claims: [],
    dropped: [],
    edits,
    gathered,
    changes,
    warnings,
    dialect: 'plain',
    sources,
    pieces: changes.length === 0 ? undefined : rewrite(tree, text.length, changes),
    refusal: undefined,
  };
}
