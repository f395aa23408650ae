// Whether the settings are valid, and whom they trust.
import { CdiError } from '../../text/error.ts';
import { quoteList } from '../../text/quote.ts';
import { type Check, reportOk, reportProblem, reportWarning } from './check.ts';

export const SETTINGS_CHECK: Check = {
  id: 'settings',
  summary: 'the settings are valid, and only root can write them',
  examine: ({ loaded, settings }) => {
    if (loaded instanceof CdiError) return [reportProblem(loaded, 'see cdictl config check')];
    if (settings.trust.owner === 'off') {
      const message = 'trust.owner is off: whoever may write a spec may have any program run as root';
      return [reportWarning(message, 'remove trust.owner from the settings')];
    }
    const paths = loaded.files.map(({ path }) => path);
    return [
      reportOk(paths.length === 0 ? 'no settings file is there: the defaults hold' : `valid: ${quoteList(paths)}`),
    ];
  },
};
