// Stories as one text for each topic: `== name ==` begins a story, `-- path --` a file of it, whose lines follow as
// they are; what they cannot show stands behind the path. An empty line before the next story belongs to no file.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a story, by their paths. */
export type StoryFiles = ReadonlyMap<string, Buffer>;

const MARKS: { readonly [mark: string]: (text: string) => string } = {
  'no last line break': (text) => text.slice(0, -1),
  CRLF: (text) => text.replaceAll('\n', '\r\n'),
  'byte order mark': (text) => `\uFEFF${text}`,
};

/** The stories of all topics of a folder, by their names. */
export function readStories(folder: string): Map<string, StoryFiles> {
  const stories = new Map<string, StoryFiles>();
  for (const topic of readdirSync(folder).sort()) {
    const [nothing, ...parts] = readFileSync(join(folder, topic), 'utf8').split(/^== (.+) ==\n/m);
    assert.equal(nothing, '', `${topic} does not begin with a story`);
    for (let i = 0; i < parts.length; i += 2) {
      const [name = '', text = ''] = parts.slice(i);
      assert.ok(!stories.has(name), `two stories are called ${name}`);
      stories.set(name, filesOf(name, text.replace(/(^|\n)\n$/, '$1')));
    }
  }
  return stories;
}

function filesOf(name: string, text: string): StoryFiles {
  const [nothing, ...parts] = text.split(/^-- (\S+) --(?: (.+))?\n/m);
  assert.equal(nothing, '', `${name} does not begin with a file`);
  const files = new Map<string, Buffer>();
  for (let i = 0; i < parts.length; i += 3) {
    const [path = '', marks, lines = ''] = parts.slice(i);
    let content = lines;
    for (const mark of marks?.split(', ') ?? []) {
      const put = MARKS[mark];
      assert.ok(put, `${name}: there is no mark "${mark}"`);
      content = put(content);
    }
    files.set(path, Buffer.from(content));
  }
  return files;
}
