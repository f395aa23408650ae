// Scratch spec directories with everything that a list may meet: good specs, broken, conflicting and shadowed ones.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spec } from '../support/specs.ts';

export interface SpecDirectories {
  readonly low: string;
  readonly high: string;
  /** for every command: these directories, and the default settings whatever this host has */
  readonly options: readonly string[];
}

/** What would clear the screen, colour it, ring the bell, turn the direction of text, or begin a new line. */
export const HOSTILE: string = '\x1b[2J\x1b]0;x\x07\r\n\x9b31m\u202e\u200b\x7f';

/** Whatever a terminal would act on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
export const STEERING: RegExp = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** @param folder empty */
export function specDirectories(folder: string): SpecDirectories {
  const [low, high] = [join(folder, 'low'), join(folder, 'high')];
  for (const directory of [low, high]) mkdirSync(directory);
  const files = {
    'low/a.yaml': spec('good.example/gpu', '0', 'GPU:1', 'all'),
    'low/net.yaml': spec('good.example/net', 'eth0'),
    'low/some.yaml': spec('good.example/some', 'old', 'older'),
    'low/twice-1.yaml': spec('both.example/gpu', 'x'),
    'low/twice-2.yaml': spec('both.example/gpu', 'x', 'y'),
    'low/broken.yaml': 'cdiVersion: "0.6.0"\nkind: broken.example/gpu\ndevices: [\n',
    'high/net.json': JSON.stringify({
      cdiVersion: '0.6.0',
      kind: 'good.example/net',
      devices: [{ name: 'eth0', containerEdits: { env: ['NEW=1'] } }],
    }),
    'high/some.yaml': spec('good.example/some', 'old'),
    'high/numbers.json': `{"cdiVersion":"0.6.0","kind":"numbers.example/n","containerEdits":{"env":["ALL=1"]},
      "devices":[{"name":"0","containerEdits":{"hooks":[{"hookName":"createRuntime","path":"/bin/true","timeout":9007199254740993}]}}]}`,
    'high/hostile.json': asciiJson({
      cdiVersion: '0.6.0',
      kind: 'hostile.example/h',
      annotations: { note: HOSTILE },
      devices: [
        { name: 'h', annotations: { 'a.b/c': HOSTILE }, containerEdits: { env: [`H=${HOSTILE}`, 'K\u2028="\\'] } },
      ],
    }),
    [`high/${'\x1b[31m\u202e'}.yaml`]: 'kind: [\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const config = join(folder, 'config.yaml');
  writeFileSync(config, '');
  for (const path of [folder, low, high]) chmodSync(path, 0o755);
  return { low, high, options: ['--config', config, '--spec-dirs', `${low},${high}`] };
}

/** The characters as escapes: raw, most of them are refused. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
