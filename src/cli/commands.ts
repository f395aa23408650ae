// All commands of cdictl, in the order in which help lists them: a new one is a row in rows/ and a file in commands/.
import type { Command } from './command.ts';
import { CHECK_ROWS } from './rows/check.ts';
import { HOST_ROWS } from './rows/host.ts';
import { INJECT_ROWS } from './rows/inject.ts';
import { LIST_ROWS } from './rows/list.ts';
import { SETTINGS_ROWS } from './rows/settings.ts';
import { SHELL_ROWS } from './rows/shell.ts';
import { SNAPSHOT_ROWS } from './rows/snapshot.ts';

export const COMMANDS: readonly Command[] = [
  ...LIST_ROWS,
  ...INJECT_ROWS,
  ...CHECK_ROWS,
  ...SNAPSHOT_ROWS,
  ...HOST_ROWS,
  ...SETTINGS_ROWS,
  ...SHELL_ROWS,
];
