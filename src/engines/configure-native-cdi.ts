// An engine's own CDI switched on, checked by reading what would be written.
import { CdiError } from '../text/error.ts';
import { quoteList } from '../text/quote.ts';
import { applyTexts, type Configured, listChanges } from './configure.ts';
import type { Engine, EngineConfig } from './engine.ts';
import { findUnread } from './native-cdi.ts';

/**
 * Switches it on. Nothing else changes, and a second call changes nothing.
 *
 * @param specDirs which the engine is to read, among others
 * @throws {CdiError} BAD_ENGINE_CONFIG for a version without CDI, a file that cannot be edited, and one that is read
 *   later and says otherwise
 */
export function configureNativeCdi(engine: Engine, config: EngineConfig, specDirs: readonly string[]): Configured {
  const what = `switch CDI on in ${engine.id}`;
  const now = engine.nativeCdi.read(config);
  if (!now.isSwitchable) {
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why: now.why, hint: 'use a newer one, or the shim' });
  }
  const texts = engine.nativeCdi.wire(config, specDirs);
  const after = engine.nativeCdi.read({ ...config, texts: applyTexts(config.texts, texts) });
  if (after.state !== 'on') {
    const why = `a file that is read later says otherwise: ${after.why}`;
    throw new CdiError('BAD_ENGINE_CONFIG', { what, why, hint: 'correct it there' });
  }
  const unread = findUnread(after.specDirs, specDirs);
  const warnings = unread.length === 0 ? [] : [`it does not read ${quoteList(unread)}: ${after.why}`];
  return { changes: listChanges(config, texts), warnings };
}
