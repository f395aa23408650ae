// A folder with specs and settings, whose names can be completed.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface CompletableHost {
  readonly folder: string;
  readonly specs: string;
  readonly config: string;
}

/** For one test file. */
export function completableHost(): CompletableHost {
  const folder = temporaryFolder();
  const [specs, config] = [join(folder, 'specs'), join(folder, 'config.yaml')];
  mkdirSync(specs);
  for (const directory of [folder, specs]) chmodSync(directory, 0o755);
  writeFileSync(config, `specDirs: ["${specs}"]\n`);
  writeFileSync(join(specs, 'a.yaml'), spec('vendor.example/gpu', '0', 'GPU:1', 'GPU:2', 'MIG:1:7'));
  writeFileSync(join(specs, 'b.yaml'), spec('other.example/net', 'eth0'));
  writeFileSync(join(folder, 'document.json'), '{}');
  return { folder, specs, config };
}
