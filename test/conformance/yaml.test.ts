// What the corpus says of reading YAML, asked of both front ends: the values of category `yaml` and whether the
// specs of category `spec` can be read. Neither front end has a left-over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpecTree } from '../../src/cdi/read-spec.ts';
import { compareBytes } from '../../src/text/byte-order.ts';
import { CdiError } from '../../src/text/error.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { json } from '../../src/text/yaml-decode.ts';
import { YamlReader } from '../../src/text/yaml-reader.ts';
import { corpusCases } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asTree, type Both, type Parsed, parseBoth } from './front-ends.ts';

/** how a case's path begins */
const CASE_ROOT = '$'.concat('{ROOT}/');
const FRONT_ENDS = ['node', 'shim'] as const;

interface YamlCase {
  readonly id: string;
  readonly input: { readonly text: string };
  readonly expect: { readonly ok: boolean; readonly json?: string };
}

interface SpecCase {
  readonly id: string;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly input: { readonly path: string };
  readonly expect: { readonly error: string | null };
}

test('corpus: yaml, through both front ends', async (t) => {
  const cases = corpusCases<YamlCase>('yaml');
  const both = parseBoth(
    temporaryFolder(),
    cases.map(({ input }) => input.text),
  );
  for (const [i, { id, expect }] of cases.entries()) {
    await t.test(id, () => {
      for (const frontEnd of FRONT_ENDS) {
        const value = both[i] && documentValue(both[i][frontEnd]);
        assert.deepEqual(value, expect.ok ? comparable(expect.json ?? '') : 'refused', frontEnd);
      }
      sameTree(both[i]);
    });
  }
});

test('corpus: whether specs can be read, through both front ends', async (t) => {
  const cases = corpusCases<SpecCase>('spec').flatMap(({ id, files = {}, input, expect }) => {
    const content = contentOf(files[input.path.slice(CASE_ROOT.length)]);
    return content === undefined || expect.error === 'io' ? [] : [{ id, content, want: verdictOf(expect.error) }];
  });
  assert.ok(cases.length > 700);
  const both = parseBoth(
    temporaryFolder(),
    cases.map(({ content }) => content),
  );
  for (const [i, { id, want }] of cases.entries()) {
    await t.test(id, () => {
      for (const frontEnd of FRONT_ENDS) assert.equal(both[i] && specVerdict(both[i][frontEnd]), want, frontEnd);
      sameTree(both[i]);
    });
  }
});

/** The bytes of a file entry; undefined for links, pipes, folders and nothing. */
function contentOf(entry: unknown): string | Uint8Array | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  if ('base64' in entry) return Buffer.from(String(entry.base64), 'base64');
  return 'text' in entry ? String(entry.text) : undefined;
}

/** A document as it is compared: keys sorted, numbers as written. */
function comparable(text: string): unknown {
  const tree = parseJson(text);
  assert.ok(!('syntax' in tree), text);
  const of = (node: number): unknown => {
    const kind = tree.kind(node);
    if (kind === 'string') return tree.string(node);
    if (kind === 'number') return { number: tree.number(node) };
    if (kind === 'array') return tree.elements(node).map(of);
    if (kind !== 'object') return { word: kind };
    return new Map(
      tree
        .members(node)
        .map(([key, value]) => [key, of(value)] as const)
        .sort(([a], [b]) => compareBytes(a, b)),
    );
  };
  return of(0);
}

function documentValue(parsed: Parsed): unknown {
  if ('syntax' in parsed) return 'refused';
  return unlessRefused(() => {
    const reader = new YamlReader(asTree(parsed), { code: 'BAD_SPEC', what: 'read it' });
    return comparable(reader.document(json) ?? 'null');
  });
}

type Verdict = 'read' | 'empty' | 'refused';

function verdictOf(error: string | null): Verdict {
  return error === 'parse' ? 'refused' : error === 'empty' ? 'empty' : 'read';
}

function specVerdict(parsed: Parsed): unknown {
  if ('syntax' in parsed) return 'refused';
  return unlessRefused(() => (readSpecTree(asTree(parsed), 'read it', undefined) === undefined ? 'empty' : 'read'));
}

function unlessRefused(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return 'refused';
  }
}

/** The same nodes and places; and where a text is refused, the same words and place. */
function sameTree(both: Both | undefined): void {
  assert.deepEqual(both?.node, both?.shim);
}
