// Who reads specs by himself, and what to do where he does not, in words.
import { ENGINE_IDS } from '../../engines/engine.ts';
import type { CdiReaderStatus } from '../engine/cdi-readers.ts';
import { type Result, reportWarning } from './check.ts';

export function nameReader({ id, version }: CdiReaderStatus): string {
  return version === undefined ? id : `${id} ${version}`;
}

/** What makes it read the directories of our settings; of builders no command of ours can. */
export function switchOn({ id, native, file }: CdiReaderStatus): string {
  if ('isSwitchable' in native && !native.isSwitchable)
    return 'use a newer one, or cdictl engine configure for the shim';
  if (ENGINE_IDS.some((engine) => engine === id)) return `run cdictl engine configure ${id} --native-cdi`;
  const key = id === 'buildkit' ? 'disabled and specDirs below [cdi]' : 'cdi_spec_dirs below [engine]';
  return `set ${key} in ${file}`;
}

/** Of a daemon that was started before its files spoke of CDI: what they say is not so yet. */
export function reportRestart(reader: CdiReaderStatus): Result | undefined {
  const { restart, file } = reader;
  if (restart === undefined) return undefined;
  return reportWarning(`${nameReader(reader)} runs with other files than those of now`, `run ${restart}`, file);
}
