// All commands of cdictl, in the order in which help lists them: a new one is a row in rows/ and a file in commands/.
import type { Command, CommandGroup } from './command.ts';
import { CHECK_ROWS } from './rows/check.ts';
import { HOST_ROWS } from './rows/host.ts';
import { INJECT_ROWS } from './rows/inject.ts';
import { LIST_ROWS } from './rows/list.ts';
import { SETTINGS_ROWS } from './rows/settings.ts';
import { SHELL_ROWS } from './rows/shell.ts';
import { SNAPSHOT_ROWS } from './rows/snapshot.ts';

export const GROUPS: readonly CommandGroup[] = [
  { title: 'List what there is', shown: 'devices', commands: LIST_ROWS },
  { title: 'Give devices to a container, and tell why it has them', shown: 'explain', commands: INJECT_ROWS },
  { title: 'Find mistakes', shown: 'doctor', commands: CHECK_ROWS },
  { title: 'Compare hosts', shown: 'snapshot', commands: SNAPSHOT_ROWS },
  { title: 'Set up a host', shown: 'engine configure', commands: HOST_ROWS },
  { title: 'See settings, decisions and holders', shown: 'ps', commands: SETTINGS_ROWS },
  { title: 'Get help', shown: 'help', commands: SHELL_ROWS },
];

export const COMMANDS: readonly Command[] = GROUPS.flatMap(({ commands }) => commands);
