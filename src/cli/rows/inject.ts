// Commands that inject devices offline, and explain what an injection does.
import type { Command } from '../command.ts';

export const INJECT_ROWS: readonly Command[] = [];
