// Where the settings come from.
import { failed, type Host } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { DEFAULT_SETTINGS, readSettings, type Settings } from './settings.ts';

export const SETTINGS_VARIABLE = 'CDI_RUNTIME_CONFIG';
export const SETTINGS_FILE = '/etc/cdi-runtime/config.yaml';

const LARGEST = 1024 * 1024;

/**
 * The settings of this host: the one file that the variable names, or else the fixed one, which may be absent.
 *
 * @throws {CdiError} BAD_SETTINGS, CANNOT_READ
 */
export function loadSettings(host: Host): Settings {
  const named = host.environment(SETTINGS_VARIABLE);
  const path = named === undefined || named === '' ? SETTINGS_FILE : named;
  const file = host.readFile(path, LARGEST);
  if (!failed(file)) return readSettings(host, file);
  if (file.errno === 'ENOENT' && path !== named) return DEFAULT_SETTINGS;
  const why =
    file.errno === 'ENOENT'
      ? 'it is missing'
      : file.errno === 'EFBIG'
        ? `it is larger than ${LARGEST} bytes`
        : `it cannot be read (${file.errno})`;
  const hint = path === named ? `${SETTINGS_VARIABLE} names it` : undefined;
  throw new CdiError('CANNOT_READ', { what: `read settings ${quote(path)}`, path, why, hint });
}
