// Findings as workflow commands, which hosted CI shows beside the lines of a change.
import { escapeCell } from '../terminal/cell.ts';
import type { LintReport } from './report.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

export function writeGithub({ findings, errors }: LintReport): string {
  const lines = findings.map(({ rule, severity, path, at, message, cure }) => {
    const place = at === undefined ? '' : `,line=${at.line},col=${at.column}`;
    return `::${COMMANDS[severity]} file=${escapeProperty(path)}${place},title=${rule}::${escapeData(`${message}; ${cure}`)}`;
  });
  return [...lines, ...errors.map(({ message }) => `::error::${escapeData(message)}`)]
    .map((line) => `${line}\n`)
    .join('');
}

/** On one line, where a command ends; a percent sign begins an escape of theirs. */
function escapeData(text: string): string {
  return escapeCell(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
