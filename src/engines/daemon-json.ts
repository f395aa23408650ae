// Docker's daemon.json.
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import type { EngineConfig } from './engine.ts';
import { isObject, type JsonObject, readJson } from './json-file.ts';
import type { TextFile } from './toml-file.ts';

export function getDaemonFile(config: EngineConfig): TextFile {
  return { path: config.files.main, text: config.texts.get(config.files.main) ?? '' };
}

/** @throws {CdiError} BAD_ENGINE_CONFIG */
export function readDaemonJson(config: EngineConfig): JsonObject {
  const { object } = readJson(getDaemonFile(config));
  const runtimes = object['runtimes'];
  if (runtimes !== undefined && runtimes !== null && !isObject(runtimes)) {
    throw new CdiError('BAD_ENGINE_CONFIG', {
      what: `read ${quote(config.files.main)}`,
      why: 'runtimes is no object',
      path: config.files.main,
      hint: 'correct it first',
    });
  }
  return object;
}
