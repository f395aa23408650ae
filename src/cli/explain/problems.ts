// All that is wrong with what devices bring, each by itself: what a refusal says of it is one cause in one sentence.
import { checkEdits } from '../../inject/check-edits.ts';
import { describeProblems } from '../../inject/join-problems.ts';
import { resolveDevices } from '../../registry/resolve.ts';
import type { Context } from '../command.ts';
import { loadSpecView } from '../look.ts';
import type { Explanation } from './explanation.ts';

/** None where something else is the reason. */
export function listProblems(context: Context, { requests, refusal }: Explanation): readonly string[] {
  if (refusal?.code !== 'STALE_DEVICE' && refusal?.code !== 'UNTRUSTED') return [];
  const { index, sources } = loadSpecView(context);
  const names = requests.filter(({ action, dropped }) => action === 'allow' && dropped === undefined);
  const { edits } = resolveDevices(
    index,
    names.map(({ device }) => device).filter((device) => index.devices.has(device)),
  );
  const { settings } = context.settings();
  const recipient = { runtime: undefined, hasUserNamespace: () => false };
  return describeProblems(checkEdits(context.host, edits, sources, settings, recipient).found, sources);
}
