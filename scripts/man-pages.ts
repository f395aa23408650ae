// Writes the manual pages to dist/man, for the package of npm; with --out DIR they go there.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMANDS } from '../src/cli/commands.ts';
import { writeCommandsPage, writeSettingsPage, writeShimPage } from './release/man.ts';

const ROOT = resolve(import.meta.dirname, '..');
const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist/man') } } });

// Without a day: the same sources give the same bytes.
const edition = { version: readJson('package.json').version, day: '""' };
const pages = {
  'cdictl.1': writeCommandsPage(COMMANDS, edition),
  'cdi-runtime.yaml.5': writeSettingsPage(readJson('schemas/config.schema.json').description, edition),
  'cdi-runtime.8': writeShimPage(edition),
};
mkdirSync(values.out, { recursive: true });
for (const [name, text] of Object.entries(pages)) writeFileSync(join(values.out, name), text);
