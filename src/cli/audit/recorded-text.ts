// What the audit says of a container, for people.
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';
import { wrap } from '../terminal/wrap.ts';
import type { RecordedData, RecordedDevice } from './recorded.ts';

/**
 * Lines below a title.
 *
 * @param open how many edits of today's specs the document lacks
 */
export function describeRecorded(width: number, { file, record, problem }: RecordedData, open: number): string[] {
  const say = (text: string, indent = '  '): string[] => wrap(escapeCell(text), width, indent, `${indent}  `);
  if (problem !== undefined) return say(problem);
  if (record === undefined) return say(`${file} has no record of it`);
  const { time, command, id, outcome, error, unchanged, devices } = record;
  return [
    ...say(`${time}: ${command} of ${id === '' ? 'a container' : `container ${id}`}: ${outcome}`),
    ...(error === undefined ? [] : say(error, '    ')),
    ...devices.flatMap((device) => say(describeDevice(device), '    ')),
    ...say(unchanged ? 'config.json is as it was left then' : 'config.json has been changed since', '    '),
    ...(devices.length === 0 || open === 0 ? [] : say(`of today's specs it lacks ${writeCount(open, 'edit')}`, '    ')),
  ];
}

function describeDevice({ name, spec, line, today, todaySpec }: RecordedDevice): string {
  const then = `${name} from ${spec}${line === undefined ? '' : `:${line}`}`;
  switch (today) {
    case 'same':
      return `${then}, which is the same today`;
    case 'changed':
      return `${then}, which has been changed since`;
    case 'moved':
      return `${then}; today ${todaySpec} has it`;
    case 'gone':
      return `${then}; today it does not resolve`;
  }
}
