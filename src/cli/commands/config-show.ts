// cdictl config show: the settings that hold, and where each value comes from.
import type { LoadedSettings } from '../../settings/combine.ts';
import type { Origin } from '../../settings/origin.ts';
import { listMembers, type OrderedJson } from '../../text/json.ts';
import type { Run } from '../command.ts';
import {
  encodeOrigin,
  findSettingOrigin,
  isSection,
  listLeaves,
  spellEffectiveSettings,
} from '../effective-settings.ts';
import { print, writeYamlText } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';

/** Prints the settings as the shim has them: as a settings file would say them, or as data with the origins. */
export const run: Run = (context, given) => {
  const loaded = context.settings();
  const settings = spellEffectiveSettings(loaded.settings);
  const origins = listLeaves(settings).map(([keys]) => [keys.join('.'), encodeOrigin(findSettingOrigin(loaded, keys))]);
  print(context, { settings, origins: Object.fromEntries(origins) }, () =>
    given.flag('origin') ? writeWithOrigins(loaded, settings) : writeYamlText(settings),
  );
  return 0;
};

/** Each value with a comment that says where it stands. */
function writeWithOrigins(loaded: LoadedSettings, section: OrderedJson, keys: readonly string[] = []): string {
  if (!isSection(section)) return '';
  const indent = '  '.repeat(keys.length);
  const parts = listMembers(section).map(([key, value = null]) => {
    const own = [...keys, key];
    const isInner = isSection(value) && listMembers(value).length > 0;
    const [head = '', ...more] = writeYamlText({ [key]: isInner ? {} : value })
      .trimEnd()
      .split('\n');
    if (isInner) return `${indent}${head.slice(0, -' {}'.length)}\n${writeWithOrigins(loaded, value, own)}`;
    const first = `${head}  # ${describeOrigin(findSettingOrigin(loaded, own))}`;
    return [first, ...more].map((line) => `${indent}${line}\n`).join('');
  });
  return parts.join('');
}

function describeOrigin(origin: Origin | undefined): string {
  if (origin === undefined) return 'default';
  return `from ${escapeCell(origin.path)}${origin.at === undefined ? '' : `:${origin.at.line}`}`;
}
