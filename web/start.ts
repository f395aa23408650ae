// The page: a case in the editors, and what comes of it beside them, anew with each change.
import { SETTINGS_FILE } from '../src/settings/load.ts';
import type { Actions } from './actions.ts';
import { type Case, CONFIG_PATH, getSpecPath } from './case.ts';
import { makeDiffRows } from './diff-rows.ts';
import { drawDiff, revealLit } from './draw-diff.ts';
import { drawEdits } from './draw-edits.ts';
import { drawFindings } from './draw-findings.ts';
import { drawTargets } from './draw-targets.ts';
import { drawDevices, drawVerdict } from './draw-verdict.ts';
import { findEditsAt, findLines, keepAskingLines } from './edit-places.ts';
import type { EditorFile } from './editor.ts';
import { find } from './element.ts';
import { EXAMPLES, NEW_SPEC } from './examples.ts';
import { drawFlow } from './flow.ts';
import { SETTINGS_HINTS, SPEC_HINTS } from './hints.ts';
import { judge, type Verdict } from './judge.ts';
import { Lights } from './lights.ts';
import { Pane } from './pane.ts';
import { readChoice, writeChoice } from './request-text.ts';
import { readFragment, writeFragment } from './share.ts';
import { suggestDevices } from './suggest.ts';
import { drawHosts, fillToolbar } from './toolbar.ts';

/** Typing goes on for so long before it is judged, and before it is in the address. */
const [PAUSE, SAVE_PAUSE] = [60, 400];

const [firstExample] = Object.values(EXAMPLES);
if (firstExample === undefined) throw new TypeError('there is no example');
let now: Case = firstExample;
let verdict: Verdict | undefined;
const lights = new Lights();

const events = {
  change: (path: string, text: string): void => {
    if (path === CONFIG_PATH) now = { ...now, config: text };
    else if (path === SETTINGS_FILE) now = { ...now, settings: text };
    else now = { ...now, specs: now.specs.map((spec) => (getSpecPath(spec.name) === path ? { ...spec, text } : spec)) };
    clearTimeout(judging);
    judging = setTimeout(judgeNow, PAUSE);
  },
  pointAt: (path: string, line: number | undefined): void => {
    lights.set(line === undefined ? [] : findEditsAt(now, verdict?.edits ?? [], path, line));
  },
};
const specs = new Pane('spec', 'Spec files', find('specs'), events);
const container = new Pane('container', 'Container and settings', find('container'), events);

const actions: Actions = {
  goTo: (path, line, column) => (specs.has(path) ? specs : container).goTo(path, line, column),
  goToSource: ({ spec, at }) => actions.goTo(spec, at?.line ?? 1, at?.column),
  goToRequest: (edit) => {
    const line = keepAskingLines(now)(edit);
    if (line !== undefined) container.goTo(CONFIG_PATH, line);
  },
  replaceDevice: (device, by) => open({ ...now, config: now.config.replaceAll(device, by) }),
  choose: (devices) => {
    const config = writeChoice(now.config, devices);
    if (config !== undefined) open({ ...now, config });
  },
};

lights.follow((lit) => {
  revealLit(find('diff'));
  const lines = findLines(now, verdict?.edits.filter((_, place) => lit.has(place)) ?? []);
  specs.light(lines);
  container.light(lines);
});

function open(given: Case): void {
  now = given;
  judgeNow();
  openFiles();
}

function openFiles(): void {
  specs.open(
    now.specs.map(({ name, text }): EditorFile & { readonly text: string } => {
      const path = getSpecPath(name);
      return { path, label: name, language: name.endsWith('.json') ? 'json' : 'yaml', hints: SPEC_HINTS, text };
    }),
  );
  container.open([
    { path: CONFIG_PATH, label: 'config.json', language: 'json', hints: undefined, text: now.config },
    { path: SETTINGS_FILE, label: 'settings', language: 'yaml', hints: SETTINGS_HINTS, text: now.settings },
  ]);
  drawHosts(now);
  tellFindings();
}

function tellFindings(): void {
  specs.tell(verdict?.findings ?? []);
  container.tell(verdict?.findings ?? []);
}

let judging: ReturnType<typeof setTimeout> | undefined;
let saving: ReturnType<typeof setTimeout> | undefined;

function judgeNow(): void {
  clearTimeout(judging);
  verdict = judge(now);
  show(verdict);
  clearTimeout(saving);
  saving = setTimeout(() => void save(), SAVE_PAUSE);
}

function show(shown: Verdict): void {
  const focused = document.activeElement?.id ?? '';
  lights.reset();
  const { outcome, after, edits, findings } = shown;
  find('verdict').dataset['outcome'] = outcome;
  find('verdict').replaceChildren(...drawVerdict(shown, suggestDevices(shown), actions));
  find('devices').replaceChildren(...drawDevices(shown, readChoice(now.config), actions));
  find('flow').replaceChildren(drawFlow(shown, lights));
  find('diff').replaceChildren(drawDiff(makeDiffRows(now.config, after, edits), edits, lights, actions));
  find('edits').replaceChildren(drawEdits(edits, lights, actions));
  find('findings').replaceChildren(drawFindings(findings, actions));
  find('targets').replaceChildren(...drawTargets(now, findings));
  tellFindings();
  // What had the focus is drawn anew.
  if (focused !== '') document.getElementById(focused)?.focus();
}

async function save(): Promise<void> {
  history.replaceState(undefined, '', await writeFragment(now));
}

function addSpec(): void {
  const taken = new Set(now.specs.map(({ name }) => name));
  let number = 1;
  while (taken.has(`spec${number}.yaml`)) number++;
  const name = `spec${number}.yaml`;
  open({ ...now, specs: [...now.specs, { name, text: NEW_SPEC }] });
  actions.goTo(getSpecPath(name), 1);
}

function removeSpec(): void {
  open({ ...now, specs: now.specs.filter(({ name }) => getSpecPath(name) !== specs.shown) });
}

/** The verdict first: editors take longer than the whole judgement. */
async function start(): Promise<void> {
  now = (await readFragment(location.hash)) ?? now;
  judgeNow();
  performance.mark('first-verdict');
  // What scrolls has to be reached by the keyboard.
  for (const id of ['flow', 'diff', 'targets']) find(id).tabIndex = 0;
  fillToolbar({ getCase: () => now, open, addSpec, removeSpec, save });
  addEventListener('hashchange', async () => open((await readFragment(location.hash)) ?? now));
  setTimeout(() => {
    openFiles();
    performance.mark('ready');
  });
}

/** For the console, and for who compares the page's answers with others. */
Object.assign(globalThis, { playground: { judge } });

void start();
