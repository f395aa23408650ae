// Values as block YAML, quoted wherever a reader of YAML 1.1 might see something else than text.
import { listMembers, type OrderedJson } from './json.ts';

/** What stands plainly; all other text is quoted as in JSON. */
const PLAIN = /^[A-Za-z/][\w/.=-]*$/;
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** A mapping or list as lines in block style, two columns a level, lists at their parent's column. */
export function writeYaml(value: OrderedJson): string {
  return writeLines(value, '').join('\n').concat('\n');
}

function writeLines(value: OrderedJson, indent: string): string[] {
  if (isList(value)) return value.flatMap((item) => writeItem(`${indent}-`, item, `${indent}  `));
  if (typeof value !== 'object' || value === null) return [`${indent}${writeScalar(value)}`];
  return listMembers(value).flatMap(([key, member]) => {
    if (member === undefined) return [];
    const head = `${indent}${writeScalar(key)}:`;
    if (isList(member)) return member.length === 0 ? [`${head} []`] : [head, ...writeLines(member, indent)];
    if (typeof member === 'object' && member !== null) {
      const inner = writeLines(member, `${indent}  `);
      return inner.length === 0 ? [`${head} {}`] : [head, ...inner];
    }
    return [`${head} ${writeScalar(member)}`];
  });
}

/** The first line of an item stands behind its dash. */
function writeItem(dash: string, item: OrderedJson, indent: string): string[] {
  const [first = '{}', ...rest] = writeLines(item, indent);
  return [`${dash} ${first.slice(first === '{}' ? 0 : indent.length)}`, ...rest];
}

function isList(value: OrderedJson): value is readonly OrderedJson[] {
  return Array.isArray(value);
}

function writeScalar(value: null | boolean | number | bigint | string): string {
  if (typeof value !== 'string') return String(value);
  if (PLAIN.test(value) && !WORDS.test(value)) return value;
  return JSON.stringify(value).replace(/[\x7f-\x9f\xad\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
