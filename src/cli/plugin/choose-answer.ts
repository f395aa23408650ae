// Which form of answer the engine of this node takes, where nobody says it.
import type { NativeCdi } from '../../engines/engine.ts';
import { CdiError } from '../../text/error.ts';
import type { AnswerForm } from './answer.ts';

/** Those that a kubelet may have behind it. */
const ENGINES: readonly string[] = ['containerd', 'crio'];

interface Reader {
  readonly id: string;
  readonly isThere: boolean;
  /** or why its files cannot be read */
  readonly native: NativeCdi | CdiError;
}

/** The engine's own CDI, but where it is off: then only the shim can read what is asked for. */
export function chooseAnswer(readers: readonly Reader[]): { readonly form: AnswerForm; readonly why: string } {
  const judged = readers.flatMap(({ id, isThere, native }) =>
    isThere && ENGINES.includes(id) && !(native instanceof CdiError) ? [{ id, ...native }] : [],
  );
  const [first] = judged;
  if (first === undefined) return { form: 'cdi', why: 'nothing is known of an engine for Kubernetes here' };
  const able = judged.find(({ state }) => state !== 'off');
  const { id, why } = able ?? first;
  return { form: able === undefined ? 'annotation' : 'cdi', why: `of ${id}: ${why}` };
}
