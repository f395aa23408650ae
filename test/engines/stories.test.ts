// Real-life configuration files of every engine: our runtime in, and out again.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { configure, unconfigure } from '../../src/engines/configure.ts';
import { ENGINE_IDS, type EngineConfig, type FileChange } from '../../src/engines/engine.ts';
import { isObject } from '../../src/engines/json-file.ts';
import { amendRecord } from '../../src/engines/record.ts';
import { parseToml } from '../../src/engines/toml-file.ts';
import { type Story, stories } from './story.ts';

const all = stories();

test('there are stories of every engine', () => {
  for (const id of ENGINE_IDS) {
    const count = all.filter(({ engine }) => engine.id === id).length;
    ok(count >= 5, `${count} of ${id}`);
  }
});

for (const story of all) {
  const { name, engine, config, options } = story;

  test(`${name}: read() names the runtime behind the present default`, () => {
    deepEqual(engine.read(config).defaultRuntime.candidates, story.candidates);
  });

  test(`${name}: configure() writes the files of the story, whose engine then has the runtime`, () => {
    const { changes, warnings } = configure(engine, config, options);
    deepEqual(new Map(changes.map(({ path, after }) => [path, after])), story.after);
    for (const { path, before } of changes) equal(before, config.texts.get(path));
    equal(warnings.length, story.warnings);
    const wired = engine.read(written(config, changes));
    const ours = wired.runtimes.filter(({ ours: isOurs }) => isOurs);
    deepEqual(ours.find(({ name: runtime }) => runtime === options.runtimeName)?.path, options.path);
    if (!options.setDefault) return;
    equal(wired.defaultRuntime.name, `${options.runtimeName}-default`);
    equal(wired.defaultRuntime.path, options.path.replace(/\/cdi-/, '/cdi-default-'));
    deepEqual(wired.defaultRuntime.candidates, [options.path.replace(/.*\/cdi-/, '')]);
  });

  test(`${name}: a second configure() changes nothing`, () => {
    const after = written(config, configure(engine, config, options).changes);
    deepEqual(configure(engine, after, options).changes, []);
  });

  test(`${name}: unconfigure() with the record gives every byte back`, () => {
    const { changes } = configure(engine, config, options);
    const after = written(config, changes);
    const undone = unconfigure(engine, after, options.runtimeName, amendRecord([], changes));
    deepEqual(written(after, undone.changes).texts, config.texts);
  });

  test(`${name}: unconfigure() without a record ${story.leaves ?? 'gives every byte back'}`, () => {
    const after = written(config, configure(engine, config, options).changes);
    const undone = written(after, unconfigure(engine, after, options.runtimeName).changes);
    sameTexts(story, undone.texts, config.texts);
    deepEqual(engine.read(undone).runtimes, engine.read(config).runtimes);
  });

  test(`${name}: from a file that changed since, only our keys go`, () => {
    const { changes } = configure(engine, config, options);
    const edited = new Map(written(config, changes).texts);
    for (const path of story.after.keys()) edited.set(path, `${edited.get(path)}${addition(path, edited.get(path))}`);
    const after = { ...config, texts: edited };
    const undone = written(after, unconfigure(engine, after, options.runtimeName, amendRecord([], changes)).changes);
    const wanted = new Map(config.texts);
    for (const path of story.after.keys()) {
      const text = config.texts.get(path);
      if (text !== undefined) wanted.set(path, `${text}${addition(path, text)}`);
    }
    sameTexts(story, undone.texts, wanted);
  });
}

function written(config: EngineConfig, changes: readonly FileChange[]): EngineConfig {
  const texts = new Map(config.texts);
  for (const { path, after } of changes) {
    if (after === undefined) texts.delete(path);
    else texts.set(path, after);
  }
  return { ...config, texts };
}

function addition(path: string, text = ''): string {
  const added = path.endsWith('.json') ? '\n' : '\n# added since\n';
  return text.includes('\r\n') ? added.replaceAll('\n', '\r\n') : added;
}

function sameTexts({ leaves }: Story, texts: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): void {
  if (leaves === undefined) deepEqual(texts, wanted);
  for (const path of new Set([...texts.keys(), ...wanted.keys()])) {
    deepEqual(meaning(path, texts.get(path)), meaning(path, wanted.get(path)), leaves);
  }
}

/** What a file says, without empty objects and what the story says that stays. */
function meaning(path: string, text: string | undefined): unknown {
  if (!path.endsWith('.json')) {
    const { engine, ...rest } = parseToml(text ?? '');
    if (!isObject(engine)) return { ...rest, engine };
    const { runtime_supports_nocgroup: _list, ...kept } = engine;
    return { ...rest, engine: kept };
  }
  const value: unknown = text === undefined || text.trim() === '' ? {} : JSON.parse(text.replace('\uFEFF', ''));
  return isObject(value)
    ? Object.entries(value).filter(([, member]) => !isObject(member) || Object.keys(member).length > 0)
    : value;
}
