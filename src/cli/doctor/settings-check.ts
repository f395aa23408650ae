// Whether the settings are valid, and whom they and our folders trust.
import { type Host, isFailure } from '../../host/host.ts';
import { CdiError } from '../../text/error.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { type Check, type Result, reportOk, reportProblem, reportWarning } from './check.ts';

export const SETTINGS_CHECK: Check = {
  id: 'settings',
  summary: 'the settings are valid, and only root can write them',
  examine: ({ host, loaded, settings }) => {
    const open = findOpenFolders(host);
    if (loaded instanceof CdiError) return [reportProblem(loaded, 'see cdictl config check'), ...open];
    if (settings.trust.owner === 'off') {
      const message = 'trust.owner is off: whoever may write a spec may have any program run as root';
      return [reportWarning(message, 'remove trust.owner from the settings'), ...open];
    }
    if (open.length > 0) return open;
    const paths = loaded.files.map(({ path }) => path);
    return [
      reportOk(paths.length === 0 ? 'no settings file is there: the defaults hold' : `valid: ${quoteList(paths)}`),
    ];
  },
};

const OUR_FOLDERS = ['/etc/cdi-runtime', '/etc/cdi-runtime/config.d', '/var/lib/cdi-runtime', '/var/log/cdi-runtime'];
const WRITABLE_BY_OTHERS = 0o022;

/** Folders of ours that others than their owner can write. */
function findOpenFolders(host: Host): readonly Result[] {
  return OUR_FOLDERS.flatMap((path) => {
    const info = host.pathInfo(path);
    if (isFailure(info) || info.kind !== 'directory' || (info.mode & WRITABLE_BY_OTHERS) === 0) return [];
    const message = `others than its owner can write in ${quote(path)} (mode 0${info.mode.toString(8)})`;
    return [reportWarning(message, `run chmod go-w ${path}`, path)];
  });
}
