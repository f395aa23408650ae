// The error of a request that cannot be read: it names the source, so that the person who asked finds it.
import type { Source } from '../settings/settings.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';

export function makeRequestError(source: Source, key: string, why: string, hint?: string): CdiError {
  return new CdiError('BAD_REQUEST', { what: `read the device request of ${source} ${quote(key)}`, why, hint });
}
