// Device nodes with access lists, by which others than their owner and group may open them, for as long as they sit there.
import { isFailure } from '../../host/host.ts';
import { quoteList } from '../../text/quote.ts';
import { type Check, reportOk, reportSkipped, reportWarning } from './check.ts';
import { readText } from './file-text.ts';
import type { HostView } from './host-view.ts';
import { listSpecNodes } from './spec-nodes.ts';

export const ACL_CHECK: Check = {
  id: 'acls',
  summary: 'owner and group of the nodes of specs say who may open them',
  examine: (view) => {
    const nodes = listSpecNodes(view);
    if (nodes.length === 0) return [reportSkipped('no spec has device nodes')];
    const listed = nodes.filter((path) => isOfTheSeat(view, path));
    if (listed.length === 0) return [reportOk('no node of a spec has an access list of the seat')];
    const message = `${quoteList(listed)}: whoever sits at the screen may open it (uaccess), whatever its group says`;
    // what root's engines start is let in by its rules, and the groups of specs
    if (view.root !== '' || view.host.ids().uid === 0) return [reportOk(message)];
    const cure = 'be in the group of the node: the access ends with the session at the screen';
    return [reportWarning(message, cure, listed[0])];
  },
};

/** Whether udev has marked the node so that logind gives it an access list, of which its mode shows nothing. */
function isOfTheSeat({ host }: HostView, path: string): boolean {
  const node = host.deviceInfo(path);
  if (isFailure(node) || (node.type !== 'c' && node.type !== 'b')) return false;
  const text = readText(host, `/run/udev/data/${node.type}${node.major}:${node.minor}`) ?? '';
  return /^[GQ]:uaccess$/m.test(text);
}
