// What people call one edit of a kind.
import { findKind, type KindName } from '../src/edits/kinds.ts';

export function nameKind(kind: KindName): string {
  return kind === 'env' ? 'variable' : findKind(kind).word;
}
