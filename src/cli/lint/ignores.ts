// Comments that hide findings: `# cdictl-ignore RULE: reason`, and what is wrong with them.
import { Lexer } from 'yaml';
import { quote } from '../../text/quote.ts';
import { type Finding, sortFaults } from './finding.ts';
import { HOST_RULES } from './host-rules.ts';
import { REGISTRY_RULES } from './registry-rules.ts';
import type { LintSubject, Rule } from './rule.ts';
import { IGNORE_COMMENT, RULES } from './rules.ts';
import { TARGET_RULES } from './target-rules.ts';

/** A finding that a comment hides, and why. */
export interface IgnoredFinding {
  readonly finding: Finding;
  readonly reason: string;
}

interface Sifted {
  /** without those that are hidden, with what is wrong with comments */
  readonly findings: readonly Finding[];
  readonly ignored: readonly IgnoredFinding[];
}

/** What is left of a spec's findings after its own comments. @param rules those that were asked for */
export function siftFindings(subject: LintSubject, found: readonly Finding[], rules: readonly Rule[]): Sifted {
  const comments = listIgnoreComments(subject.text);
  const ignored = found.flatMap((finding): IgnoredFinding[] => {
    const reason = comments.find((comment) => hides(comment, finding))?.reason;
    return reason === undefined ? [] : [{ finding, reason }];
  });
  const left = found.filter((finding) => ignored.every((one) => one.finding !== finding));
  const faults = comments.flatMap((comment): Finding[] => {
    const fault = findFault(comment) ?? findIdleness(comment, subject, found, rules);
    if (fault === undefined || !rules.includes(IGNORE_COMMENT)) return [];
    const { id: rule, severity, cure } = IGNORE_COMMENT;
    const nothing = { version: undefined, vendor: '', problem: undefined, cause: undefined };
    return [{ rule, severity, path: subject.path, at: comment.at, cure, ...fault, ...nothing }];
  });
  return { findings: sortFaults([...left, ...faults]), ignored };
}

interface IgnoreComment {
  readonly at: { readonly line: number; readonly column: number };
  /** the line that it is about; undefined: the whole file */
  readonly about: number | undefined;
  readonly rule: string;
  readonly reason: string;
}

const COMMENT = /^#\s*cdictl-ignore(-file)?(?![\w-])\s*([^\s:]*)\s*:?\s*(.*?)\s*$/;
/** As YAML has them, by which places are counted. */
const BREAK = /\r\n|[\n\r\x85\u2028\u2029]/;

/** Behind something it is about that line, by itself about the next one that is more than a comment. */
function listIgnoreComments(text: string): readonly IgnoreComment[] {
  if (!text.includes('cdictl-ignore')) return [];
  const lines = text.split(BREAK);
  let offset = 0;
  let before = '';
  const found: IgnoreComment[] = [];
  for (const token of new Lexer().lex(text)) {
    const [, isFile, rule = '', reason = ''] = (before === SCALAR ? null : COMMENT.exec(token)) ?? [];
    if (COMMENT.test(token) && before !== SCALAR) {
      const above = text.slice(0, offset).split(BREAK);
      const [line, start] = [above.length, above.at(-1) ?? ''];
      const next = lines.findIndex((one, i) => i >= line && !/^\s*(?:#.*)?$/.test(one)) + 1;
      const about = start.trim() === '' ? next : line;
      const at = { line, column: [...start].length + 1 };
      found.push({ at, about: isFile === undefined ? about : undefined, rule, reason });
    }
    before = token;
    if (!MARKS.includes(token)) offset += token.length;
  }
  return found;
}

/** What the lexer says besides the text: of a document, of a flow that ends too early, and that a scalar comes. */
const SCALAR = '\x1f';
const MARKS = ['\x02', '\x18', SCALAR];

function hides({ rule, reason, about }: IgnoreComment, finding: Finding): boolean {
  return reason !== '' && rule === finding.rule && (about === undefined || about === finding.at?.line);
}

interface CommentFault {
  readonly message: string;
  readonly cure?: string;
}

function findFault({ rule, reason }: IgnoreComment): CommentFault | undefined {
  if (!RULES.some(({ id }) => id === rule)) {
    return { message: rule === '' ? 'it names no rule' : `there is no rule ${quote(rule)}` };
  }
  return reason === '' ? { message: `it has no reason, and hides nothing of ${rule}` } : undefined;
}

/** Where a rule was not asked for, or had nothing to judge by, a comment about it may well be needed. */
function findIdleness(
  comment: IgnoreComment,
  { spec, machine, targets = [] }: LintSubject,
  found: readonly Finding[],
  rules: readonly Rule[],
): CommentFault | undefined {
  const rule = rules.find(({ id }) => id === comment.rule);
  if (rule === undefined || spec === undefined || found.some((finding) => hides(comment, finding))) return undefined;
  if (machine === undefined && [...HOST_RULES, ...REGISTRY_RULES].includes(rule)) return undefined;
  if (targets.length === 0 && TARGET_RULES.includes(rule)) return undefined;
  const where = comment.about === undefined ? 'in this file' : `in line ${comment.about}`;
  return { message: `${rule.id} finds nothing ${where}`, cure: 'remove the comment' };
}
