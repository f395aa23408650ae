// Every block of commands on a page is run by a test, or says why not; and what pages call is there.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { judgeBlock, type Verdict } from './blocks.ts';
import { readBlocks } from './page.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGES = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md'], { cwd: ROOT }).sort();

const block = (fence: string, text: string, mark = ''): string =>
  `words\n\n${mark === '' ? '' : `<!-- ${mark} -->\n`}\`\`\`${fence}\n${text}\n\`\`\`\n`;

const samples: [title: string, text: string, want: Verdict['kind']][] = [
  ['commands with a prompt', block('console', '$ cdictl install'), 'run'],
  ['commands for an engine', block('console engine', '$ docker ps'), 'engine'],
  ['commands with a reason', block('console', '$ kubectl get pods', 'not run: it needs a cluster'), 'not run'],
  ['commands of another test', block('console', '$ npm test', 'run by: .ci/run'), 'run by'],
  ['a reason that says nothing', block('console', '$ kubectl get pods', 'not run:'), 'wrong'],
  ['a mark that is none', block('console', '$ kubectl get pods', 'later'), 'wrong'],
  ['commands in a block without a kind', block('', '$ cdictl install'), 'wrong'],
  ['commands without a prompt', block('', 'docker run alpine'), 'wrong'],
  ['commands in a block of a kind that is not looked at', block('sh', 'cdictl install'), 'wrong'],
  ['the prompt of root', block('console', '# cdictl install'), 'wrong'],
  ['commands in a list', `1. words\n\n   \`\`\`\n   kubectl get pods\n   \`\`\`\n`, 'wrong'],
  ['what a program prints', block('', 'cannot do it: no'), 'text'],
  ['a program', block('ts', 'docker run'), 'text'],
];
for (const [title, text, want] of samples)
  test(`${title}: ${want}`, () => {
    assert.deepEqual(
      readBlocks(text).map((found) => judgeBlock(found).kind),
      [want],
    );
  });

const byIntegration = globSync('integration/**/*.test.ts', { cwd: ROOT }).map(read).join('\n');

for (const page of PAGES)
  test(`${page}: each block of commands is run, or says why not`, (t) => {
    const counts = new Map<string, number>();
    for (const found of readBlocks(read(page))) {
      const verdict = judgeBlock(found);
      const where = `${page}:${found.line}`;
      assert.notEqual(verdict.kind, 'wrong', `${where}: ${'why' in verdict ? verdict.why : ''}`);
      if (verdict.kind === 'engine')
        assert.ok(byIntegration.includes(`'${page}'`), `${where}: no test of an engine runs it`);
      if (verdict.kind === 'run by')
        for (const file of verdict.files) assert.ok(existsSync(join(ROOT, file)), `${where}: ${file} is missing`);
      counts.set(verdict.kind, (counts.get(verdict.kind) ?? 0) + 1);
    }
    t.diagnostic(`${page}: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'no blocks'}`);
  });

/** What pages call by its name, in blocks that no one runs and in words. */
const scripts: string[] = Object.keys(JSON.parse(read('package.json')).scripts);
for (const page of PAGES)
  test(`${page}: what it calls is there`, () => {
    const calls = [...read(page).matchAll(/(?:^\s*(?:[$] )?|`)(cdictl|npm run) ([a-z][a-z:-]*)(?:=| |`|$)/gm)];
    for (const [call, program, word = ''] of calls) {
      const known =
        program === 'cdictl' ? COMMANDS.some(({ name }) => name.split(' ')[0] === word) : scripts.includes(word);
      assert.ok(known, `${page}: "${call.trim()}" is neither a command nor a script`);
    }
  });

/** The names by which links reach the headings of a page. */
function anchorsOf(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase());
  return titles.map((title) => title.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

for (const page of PAGES)
  test(`${page}: it links to what is there`, () => {
    const text = read(page).replaceAll(/^ *```.*?^ *```$/gms, '');
    for (const [, link = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const to = link === '' ? page : relative(ROOT, resolve(ROOT, page, '..', link));
      assert.ok(existsSync(join(ROOT, to)), `${page}: ${link}`);
      if (anchor !== undefined) assert.ok(anchorsOf(read(to)).includes(anchor), `${page}: ${link}#${anchor}`);
    }
  });

test("no page tells to install from a registry: there is no release yet, and the names may be anybody's", () => {
  const foreign =
    /\b(?:npm (?:install|i|add)(?: --?\S+)*|npx(?: --?\S+)*|pnpm add|bun add|docker pull|apt(?:-get)? install(?: --?\S+)*) (?:@?cdi-runtime|cdictl)\b(?!\S*[_-]\S*\.(?:deb|tgz))/;
  for (const page of PAGES) assert.doesNotMatch(read(page), foreign, page);
});
