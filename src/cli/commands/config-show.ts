// cdictl config show: the settings that hold, and where each value comes from.
import type { LoadedSettings } from '../../settings/load.ts';
import type { Origin } from '../../settings/origin.ts';
import { type OrderedJson, orderedMembers } from '../../text/json.ts';
import type { Run } from '../command.ts';
import { effectiveSettings, isSection, originData, settingOrigin, settingsLeaves } from '../effective-settings.ts';
import { print, yamlText } from '../print.ts';
import { cell } from '../terminal/cell.ts';

/** Prints the settings as the shim has them: as a settings file would say them, or as data with the origins. */
export const run: Run = (context, given) => {
  const loaded = context.settings();
  const settings = effectiveSettings(loaded.settings);
  const origins = settingsLeaves(settings).map(([keys]) => [keys.join('.'), originData(settingOrigin(loaded, keys))]);
  print(context, { settings, origins: Object.fromEntries(origins) }, () =>
    given.flag('origin') ? withOrigins(loaded, settings) : yamlText(settings),
  );
  return 0;
};

/** Each value with a comment that says where it stands. */
function withOrigins(loaded: LoadedSettings, section: OrderedJson, keys: readonly string[] = []): string {
  if (!isSection(section)) return '';
  const indent = '  '.repeat(keys.length);
  const parts = orderedMembers(section).map(([key, value = null]) => {
    const own = [...keys, key];
    const isInner = isSection(value) && orderedMembers(value).length > 0;
    const [head = '', ...more] = yamlText({ [key]: isInner ? {} : value })
      .trimEnd()
      .split('\n');
    if (isInner) return `${indent}${head.slice(0, -' {}'.length)}\n${withOrigins(loaded, value, own)}`;
    const first = `${head}  # ${comment(settingOrigin(loaded, own))}`;
    return [first, ...more].map((line) => `${indent}${line}\n`).join('');
  });
  return parts.join('');
}

function comment(origin: Origin | undefined): string {
  if (origin === undefined) return 'default';
  return `from ${cell(origin.path)}${origin.at === undefined ? '' : `:${origin.at.line}`}`;
}
