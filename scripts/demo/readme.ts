// The end of the demo's output inside README.md, between two markers.
import { readFileSync, writeFileSync } from 'node:fs';

const BLOCK = /(?<=^<!-- demo: written by node scripts\/demo\.ts --readme -->\n)[\s\S]*?(?=^<!-- end of demo -->$)/m;

/** The step from which on the README shows what the demo prints. */
const FROM = /^5\. /m;

/** What the README shows of the demo. */
export function demoBlock(readme: string): string | undefined {
  return BLOCK.exec(readme)?.[0];
}

/** @throws where the file has no markers */
export function writeDemoBlock(path: string, transcript: string): void {
  const readme = readFileSync(path, 'utf8');
  if (demoBlock(readme) === undefined) throw new Error(`${path} has no place for the output of the demo`);
  writeFileSync(
    path,
    readme.replace(BLOCK, () => `\`\`\`console\n${transcript.slice(transcript.search(FROM)).trim()}\n\`\`\`\n`),
  );
}
