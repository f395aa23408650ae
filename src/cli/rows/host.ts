// Commands that change the host: generate specs, install the shim, configure engines.
import type { Command } from '../command.ts';

export const HOST_ROWS: readonly Command[] = [];
