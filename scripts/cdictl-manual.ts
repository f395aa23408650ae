// Writes docs/cdictl.md, the manual of all commands, from the commands themselves; with --print it goes to standard output.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMANDS, GROUPS } from '../src/cli/commands.ts';
import { listShown, writeHelp } from '../src/cli/help.ts';

const HEAD = `# cdictl

Every command with its help, as \`cdictl COMMAND --help\` shows it; written by \`node scripts/cdictl-manual.ts\`.
The shapes of \`--output json\` are in [schemas/cdictl](../schemas/cdictl).
`;

const shown = listShown(COMMANDS);
const fenced = (text: string): string => `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
const sections = shown.map(({ name }) => `## cdictl ${name}\n\n${fenced(writeHelp(GROUPS, name.split(' ')))}`);
const manual = [HEAD, fenced(writeHelp(GROUPS, [])), ...sections].join('\n');

if (process.argv.includes('--print')) process.stdout.write(manual);
else writeFileSync(join(resolve(import.meta.dirname, '..'), 'docs/cdictl.md'), manual);
