// Commands that help at the command line itself.
import type { Command } from '../command.ts';

export const SHELL_ROWS: readonly Command[] = [];
