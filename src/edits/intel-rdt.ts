// Intel RDT: replaced as a whole.
import { countBytes } from '../text/byte-order.ts';
import { spellJson } from '../text/json.ts';
import { quote } from '../text/quote.ts';
import { type FieldTable, flag, optional, recordOf, textList } from '../text/yaml-decode.ts';
import { text } from '../text/yaml-reader.ts';
import type { Draft } from './draft.ts';
import type { Edit } from './edit.ts';
import { type FieldFault, makeFault } from './fault.ts';
import type { EditKind } from './kind.ts';

/** The container's class of service for caches and memory. Go specs.IntelRdt. */
export type IntelRdt = {
  /** name of the class of service, a folder of /sys/fs/resctrl. CDI "OCI Edits"; OCI config-linux "IntelRdt" */
  readonly closID?: string | undefined;
  /** parts of the level 3 cache, as a line of the schemata of resctrl: `L3:0=ff`. CDI "OCI Edits" */
  readonly l3CacheSchema?: string | undefined;
  /**
   * share of the memory bandwidth, as a line of the schemata of resctrl: `MB:0=50` (percent or MBps, as it is
   * mounted). CDI "OCI Edits"
   */
  readonly memBwSchema?: string | undefined;
  /** lines of the schemata of resctrl, whatever they are about. From 1.1.0. CDI "OCI Edits" */
  readonly schemata?: readonly string[] | undefined;
  /** whether the container gets a monitoring group of its own. From 1.1.0. CDI "OCI Edits" */
  readonly enableMonitoring?: boolean | undefined;
};

const PATH = ['linux', 'intelRdt'];
const FIELDS: FieldTable<IntelRdt> = {
  closID: text,
  l3CacheSchema: text,
  memBwSchema: text,
  schemata: textList,
  enableMonitoring: flag,
};

/** Of a file name in resctrl, in bytes. */
const LONGEST_CLOS_ID = 4095;

export const intelRdt: EditKind<'intelRdt', IntelRdt, IntelRdt> = {
  name: 'intelRdt',
  word: 'intel rdt',
  path: PATH,
  isList: false,
  isRepeated: false,
  decode: optional(recordOf(FIELDS, {})),
  needs: [
    // An empty list of schemata counts, enableMonitoring: false does not.
    { version: '1.1.0', field: 'schemata', words: 'intelRdt with schemata' },
    { version: '1.1.0', field: 'enableMonitoring', words: 'intelRdt with enableMonitoring' },
    { version: '0.7.0', words: 'intelRdt' },
  ],
  fields: FIELDS,
  fault: findIntelRdtFault,
  apply: applyIntelRdt,
  key: () => '',
  words: spellJson,
};

/** A class of service names a directory in resctrl; "/" is the root one. */
function findIntelRdtFault({ closID = '' }: IntelRdt): FieldFault | undefined {
  const fits = closID.length * 3 <= LONGEST_CLOS_ID || countBytes(closID) <= LONGEST_CLOS_ID;
  const isFileName = fits && closID !== '.' && closID !== '..' && !closID.includes('/') && !closID.includes('\n');
  if (isFileName || closID === '/') return undefined;
  const hint = `use a file name of at most ${LONGEST_CLOS_ID} bytes, or "/"`;
  return makeFault('closID', `closID ${quote(closID)} cannot name a directory`, hint);
}

/**
 * Of several settings the last one counts.
 *
 * @see CDI SPEC "OCI Edits" (intelRdt); OCI config-linux "IntelRdt"
 */
function applyIntelRdt<N>(draft: Draft<N>, edits: readonly Edit<IntelRdt>[]): void {
  const from = edits.at(-1);
  if (from === undefined) return;
  const rdt = from.value;
  const value = {
    ...(rdt.closID === undefined || rdt.closID === '' ? {} : { closID: rdt.closID }),
    ...(rdt.schemata === undefined || rdt.schemata.length === 0 ? {} : { schemata: rdt.schemata }),
    ...(rdt.l3CacheSchema === undefined || rdt.l3CacheSchema === '' ? {} : { l3CacheSchema: rdt.l3CacheSchema }),
    ...(rdt.memBwSchema === undefined || rdt.memBwSchema === '' ? {} : { memBwSchema: rdt.memBwSchema }),
    ...(rdt.enableMonitoring === true ? { enableMonitoring: true } : {}),
  };
  draft.setMember(PATH, { value, from }, draft.find(PATH));
}
