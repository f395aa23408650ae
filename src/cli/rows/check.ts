// Commands that look for mistakes in specs and on the host.
import type { Command } from '../command.ts';

export const CHECK_ROWS: readonly Command[] = [];
