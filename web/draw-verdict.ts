// The verdict in words, and the devices that can be chosen.
import type { Actions } from './actions.ts';
import { count } from './count.ts';
import { make, makeButton } from './element.ts';
import type { Verdict } from './judge.ts';
import type { Suggestion } from './suggest.ts';

const OUTCOMES = {
  injected: 'Injected',
  already: 'Nothing to do',
  nothing: 'Nothing is asked for',
  refused: 'Refused',
} as const;

export function drawVerdict(verdict: Verdict, suggestions: readonly Suggestion[], actions: Actions): Node[] {
  const { outcome, refusal, plan, edits } = verdict;
  const head = make('p', { class: 'verdict-head' }, make('span', { class: 'verdict-word' }, OUTCOMES[outcome]));
  const devices = new Set(plan?.granted.map(({ device }) => device)).size;
  if (outcome === 'injected') head.append(` ${count(devices, 'device')}, ${count(edits.length, 'edit')}`);
  if (outcome === 'already') head.append(' the container has all of it already');
  if (refusal !== undefined) head.append(' ', make('code', {}, refusal.code));
  const parts: Node[] = [head];
  if (refusal !== undefined) parts.push(make('p', { class: 'verdict-why' }, refusal.message));
  for (const warning of plan?.warnings ?? []) parts.push(make('p', { class: 'verdict-warning' }, warning));
  const off = plan?.decisions.filter(({ verdict: { action } }) => action === 'off' || action === 'ignore') ?? [];
  for (const { request, verdict: why } of off)
    parts.push(
      make(
        'p',
        { class: 'verdict-why' },
        make('code', {}, request.device),
        ` is asked for and does not count: ${why.reason ?? why.by}`,
      ),
    );
  for (const { device, nearest } of suggestions)
    if (nearest.length > 0)
      parts.push(
        make(
          'p',
          { class: 'verdict-nearest' },
          'Perhaps ',
          ...nearest.map((name, place) =>
            makeButton(name, { class: 'chip', id: `nearest-${place}` }, () => actions.replaceDevice(device, name)),
          ),
          ` instead of ${device}?`,
        ),
      );
  return parts;
}

export function drawDevices({ index }: Verdict, chosen: readonly string[], actions: Actions): Node[] {
  const names = [...index.devices.keys()].sort();
  const missing = chosen.filter((name) => !index.devices.has(name));
  if (names.length + missing.length === 0)
    return [make('p', { class: 'empty' }, 'No spec defines a device that resolves.')];
  return [...names, ...missing].map((name) => {
    const box = make('input', { type: 'checkbox', id: `device-${name}` });
    box.checked = chosen.includes(name);
    box.addEventListener('change', () =>
      actions.choose(box.checked ? [...chosen, name] : chosen.filter((other) => other !== name)),
    );
    return make('label', { class: missing.includes(name) ? 'device missing' : 'device' }, box, make('code', {}, name));
  });
}
