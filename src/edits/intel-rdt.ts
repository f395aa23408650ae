// Intel RDT: replaced as a whole.
import type { IntelRdt } from '../cdi/spec.ts';
import type { Draft } from './draft.ts';
import { same } from './same.ts';

const PATH = ['linux', 'intelRdt'];

/** @see CDI SPEC "OCI Edits" (intelRdt); OCI config-linux "IntelRdt" */
export function applyIntelRdt<N>(draft: Draft<N>, rdt: IntelRdt | undefined): void {
  if (rdt === undefined) return;
  const value = {
    ...(rdt.closID === undefined || rdt.closID === '' ? {} : { closID: rdt.closID }),
    ...(rdt.schemata === undefined || rdt.schemata.length === 0 ? {} : { schemata: rdt.schemata }),
    ...(rdt.l3CacheSchema === undefined || rdt.l3CacheSchema === '' ? {} : { l3CacheSchema: rdt.l3CacheSchema }),
    ...(rdt.memBwSchema === undefined || rdt.memBwSchema === '' ? {} : { memBwSchema: rdt.memBwSchema }),
    ...(rdt.enableMonitoring === true ? { enableMonitoring: true } : {}),
  };
  const old = draft.find(PATH);
  if (old === undefined || !same(draft.reader, old, value)) draft.set(PATH, value);
}
