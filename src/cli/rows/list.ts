// Commands that list what the spec directories hold.
import type { Command } from '../command.ts';

export const LIST_ROWS: readonly Command[] = [];
