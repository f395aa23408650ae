// Commands that show the settings, the policy's decisions and the audit.
import type { Command } from '../command.ts';

export const SETTINGS_ROWS: readonly Command[] = [];
