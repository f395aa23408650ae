// One edit in a few words, and what else there is to say of it.
import { findKind } from '../../edits/kinds.ts';
import { getText, getTexts } from '../../edits/words.ts';
import { isBeside } from '../../inject/explain.ts';
import { type OrderedJson, spellJson } from '../../text/json.ts';
import { escapeCell } from '../terminal/cell.ts';
import type { EditData } from './explanation.ts';

/** In characters; the whole text is in the JSON form. */
const LONGEST = 400;

/** What an edit is about. */
export function describeEdit({ kind, value }: EditData): string {
  return shorten(escapeCell(findKind(kind).words(value)));
}

/** What there is to say besides: what it replaces or covers, what overrides it, and what a hook's environment is. */
export function listRemarks(edit: EditData): string[] {
  const { value, effect, writes, replaces, shadows, overriddenBy, hookEnv } = edit;
  const kind = findKind(edit.kind);
  const remarks = hookEnv === undefined ? [] : describeHookEnv(value, hookEnv);
  if (overriddenBy !== undefined) {
    const { spec, device, line } = overriddenBy;
    remarks.push(`by ${device ?? 'the whole spec'}, ${spec}${line === undefined ? '' : `:${line}`}`);
  }
  const oldWords = (old: OrderedJson): string =>
    typeof old === 'string' ? old : (kind.oldWords?.(old) ?? spellJson(old));
  remarks.push(...replaces.map((old) => `instead of ${oldWords(old)}`));
  remarks.push(...shadows.map((old) => `covers ${getText(old, 'destination')}, which is mounted before`));
  if (writes.length > 0 && writes.every(({ path }) => isBeside(kind, path))) {
    remarks.push(`${effect === 'overridden' ? 'still adds' : 'the node is there, and gets'} ${kind.beside}`);
  }
  if (effect === 'none') remarks.push(...[kind.idleWords?.(value)].flatMap((words) => words ?? []));
  return remarks.map((remark) => shorten(escapeCell(remark)));
}

function describeHookEnv(value: OrderedJson, from: NonNullable<EditData['hookEnv']>): string[] {
  if (from === 'container') return ['env of the container, in which it runs'];
  if (from === 'runtime') return ['env as the runtime has it'];
  const env = getTexts(value, 'env').map((entry) => `env ${entry}`);
  return from === 'spec' ? env : env.map((entry) => `${entry} (the spec gives none)`);
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join('')}…`;
}
