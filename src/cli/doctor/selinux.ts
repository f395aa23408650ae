// Which device nodes of specs SELinux lets containers use, by the booleans of its policy for containers.
import { quoteList } from '../../text/quote.ts';
import { type Result, reportOk, reportWarning } from './check.ts';
import { readText } from './file-text.ts';
import type { HostView } from './host-view.ts';
import { listSpecNodes } from './spec-nodes.ts';

const SELINUX = '/sys/fs/selinux';
/** It lets containers use whatever node they have. */
const ALL = 'container_use_devices';

/** Nodes of one type, and the boolean that is about them alone; the policy lets containers use those without one. */
const TYPES: readonly { readonly nodes: RegExp; readonly type: string; readonly boolean: string | undefined }[] = [
  { nodes: /^\/dev\/dri\//, type: 'dri_device_t', boolean: 'container_use_dri_devices' },
  { nodes: /^\/dev\/nvidia/, type: 'xserver_misc_device_t', boolean: 'container_use_xserver_devices' },
  { nodes: /^\/dev\/kfd$/, type: 'hsa_device_t', boolean: undefined },
  { nodes: /^/, type: 'other types', boolean: ALL },
];

/** None where SELinux is not there. */
export function judgeSelinux(view: HostView): readonly Result[] {
  const enforcing = readText(view.host, `${SELINUX}/enforce`)?.trim();
  if (enforcing === undefined) return [];
  if (enforcing !== '1') return [reportOk('SELinux is permissive')];
  if (readBoolean(view, ALL) !== 'off') return [reportOk('SELinux is enforcing')];
  const nodes = listSpecNodes(view);
  if (nodes.length === 0) return [reportRefused(ALL, 'device nodes')];
  const left = new Set(nodes);
  return TYPES.flatMap(({ nodes: pattern, type, boolean }) => {
    const own = [...left].filter((path) => pattern.test(path));
    for (const path of own) left.delete(path);
    if (own.length === 0 || boolean === undefined) return [];
    if (boolean !== ALL && readBoolean(view, boolean) === 'on') {
      return [reportOk(`SELinux is enforcing, and ${boolean} is on for ${quoteList(own)} (${type})`)];
    }
    return [reportRefused(hasBoolean(view, boolean) ? boolean : ALL, `${quoteList(own)} (${type})`)];
  });
}

function reportRefused(boolean: string, what: string): Result {
  const message = `SELinux is enforcing and ${boolean} is off: containers get EACCES for ${what}`;
  return reportWarning(message, `setsebool -P ${boolean} on`);
}

function hasBoolean(view: HostView, name: string): boolean {
  return readBoolean(view, name) !== undefined;
}

/** undefined where the policy has none of that name. */
function readBoolean({ host }: HostView, name: string): 'on' | 'off' | undefined {
  // "now pending"
  const now = readText(host, `${SELINUX}/booleans/${name}`)?.trim().split(' ')[0];
  if (now === undefined) return undefined;
  return now === '0' ? 'off' : 'on';
}
