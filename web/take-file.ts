// A file that somebody drops on the page: told by its content what it is, and put into the case.
import { isHostPicture } from '../src/host/host-picture.ts';
import { SETTINGS_FILE } from '../src/settings/load.ts';
import type { Case, SpecInput } from './case.ts';

const SPEC_PATH = /^\/(?:etc|run|var\/run)\/cdi\/[^/]+\.(?:yaml|json)$/;

export function takeFile(given: Case, name: string, text: string): Case {
  const value = tryParse(text);
  if (isHostPicture(value)) {
    const files = Object.entries(value.files);
    const specs = files.flatMap(([path, { text }]): SpecInput[] =>
      text !== undefined && SPEC_PATH.test(path) ? [{ name: path, text }] : [],
    );
    return { ...given, host: value, specs, settings: value.files[SETTINGS_FILE]?.text ?? '' };
  }
  if (Object.hasOwn(Object(value), 'ociVersion')) return { ...given, config: text };
  if (/^config\.ya?ml$/.test(name)) return { ...given, settings: text };
  const others = given.specs.filter((spec) => spec.name !== name);
  return { ...given, specs: [...others, { name, text }] };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
