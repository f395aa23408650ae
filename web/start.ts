// The page: a case in the editors, and what comes of it beside them, anew with each change.

import type { ExplainedEdit } from '../src/inject/explain.ts';
import { SETTINGS_FILE } from '../src/settings/load.ts';
import type { Actions } from './actions.ts';
import { type Case, CONFIG_PATH, getSpecPath } from './case.ts';
import { makeDiffRows } from './diff-rows.ts';
import { drawDiff } from './draw-diff.ts';
import { drawEdits } from './draw-edits.ts';
import { drawFindings } from './draw-findings.ts';
import { drawTargets } from './draw-targets.ts';
import { drawDevices, drawVerdict } from './draw-verdict.ts';
import type { EditorFile, Lines } from './editor.ts';
import { find, make } from './element.ts';
import { ENGINE_DOCUMENTS } from './engine-documents.ts';
import { EXAMPLES } from './examples.ts';
import { drawFlow } from './flow.ts';
import { SETTINGS_HINTS, SPEC_HINTS } from './hints.ts';
import { judge, type Verdict } from './judge.ts';
import { Lights } from './lights.ts';
import { Pane } from './pane.ts';
import { findRequest, readChoice, writeChoice } from './request-text.ts';
import { readFragment, writeFragment } from './share.ts';
import { suggestDevices } from './suggest.ts';
import { takeFile } from './take-file.ts';
import { findExtent } from './yaml-place.ts';

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
    judgeSoon();
  },
  pointAt: (path: string, line: number | undefined): void => {
    lights.set(line === undefined ? [] : findEdits(path, line));
  },
};
const specs = new Pane('spec', 'Spec files', find('specs'), events);
const container = new Pane('container', 'Container and settings', find('container'), events);

const actions: Actions = {
  goTo: (path, line, column) => {
    const pane = specs.has(path) ? specs : container;
    pane.goTo(path, line, column);
  },
  goToSource: ({ spec, at }) => actions.goTo(spec, at?.line ?? 1, at?.column),
  goToRequest: ({ request }) => {
    const offset = request === undefined ? undefined : findRequest(now.config, request);
    if (offset !== undefined) container.goTo(CONFIG_PATH, findLine(now.config, offset));
  },
  replaceDevice: (device, by) => setConfig(now.config.replaceAll(device, by)),
  choose: (devices) => {
    const text = writeChoice(now.config, devices);
    if (text !== undefined) setConfig(text);
  },
};

lights.follow((lit) => {
  for (const element of document.querySelectorAll('[data-edits]')) {
    const edits = element.getAttribute('data-edits')?.split(' ') ?? [];
    element.classList.toggle(
      'lit',
      edits.some((edit) => lit.has(Number(edit))),
    );
  }
  reveal(find('diff'));
  const lines = new Map<string, Lines[]>();
  const add = (path: string, range: Lines): void => {
    lines.set(path, [...(lines.get(path) ?? []), range]);
  };
  for (const place of lit) {
    const edit = verdict?.edits[place];
    if (edit === undefined) continue;
    if (edit.at !== undefined) add(edit.spec, findRange(edit));
    const offset = edit.request === undefined ? undefined : findRequest(now.config, edit.request);
    if (offset !== undefined) add(CONFIG_PATH, [findLine(now.config, offset), findLine(now.config, offset)]);
  }
  specs.light(lines);
  container.light(lines);
});

/** Scrolls to the first line of the diff that is lit, unless the pointer is in there. */
function reveal(diff: HTMLElement): void {
  const first = diff.querySelector('.lit');
  if (!(first instanceof HTMLElement) || diff.matches(':hover, :focus-within')) return;
  const top = first.getBoundingClientRect().top - diff.getBoundingClientRect().top;
  if (top < 0 || top > diff.clientHeight - 60) diff.scrollTop += top - diff.clientHeight / 3;
}

function findRange({ spec, at }: ExplainedEdit): Lines {
  const text = now.specs.find(({ name }) => getSpecPath(name) === spec)?.text ?? '';
  return findExtent(text.split('\n'), at?.line ?? 1, at?.column ?? 1);
}

/** The edits that a line of a file is about. */
function findEdits(path: string, line: number): readonly number[] {
  const edits = [...(verdict?.edits ?? []).entries()];
  const own = edits.filter(([, edit]) => {
    if (path === CONFIG_PATH) {
      const offset = edit.request === undefined ? undefined : findRequest(now.config, edit.request);
      return offset !== undefined && findLine(now.config, offset) === line;
    }
    if (edit.spec !== path || edit.at === undefined) return false;
    const [first, last] = findRange(edit);
    return line >= first && line <= last;
  });
  return own.map(([place]) => place);
}

function findLine(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function setConfig(text: string): void {
  open({ ...now, config: text });
}

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
  drawHosts();
  tellFindings();
}

function tellFindings(): void {
  specs.tell(verdict?.findings ?? []);
  container.tell(verdict?.findings ?? []);
}

let judging: ReturnType<typeof setTimeout> | undefined;
let saving: ReturnType<typeof setTimeout> | undefined;

function judgeSoon(): void {
  clearTimeout(judging);
  judging = setTimeout(judgeNow, PAUSE);
}

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
  if (focused !== '') document.getElementById(focused)?.focus();
}

async function save(): Promise<void> {
  history.replaceState(undefined, '', await writeFragment(now));
}

function drawHosts(): void {
  const host = find('host');
  const options = [
    ['complete', 'that has what specs name'],
    ['bare', 'that has nothing'],
    ...(typeof now.host === 'string' ? [] : [['snapshot', 'of the snapshot']]),
  ];
  host.replaceChildren(
    ...options.map(([value = '', text = '']) =>
      make(
        'option',
        { value, selected: value === (typeof now.host === 'string' ? now.host : 'snapshot') ? '' : undefined },
        text,
      ),
    ),
  );
}

function makeName(): string {
  const taken = new Set(now.specs.map(({ name }) => name));
  let number = 1;
  while (taken.has(`spec${number}.yaml`)) number++;
  return `spec${number}.yaml`;
}

const NEW_SPEC = `cdiVersion: "0.5.0"
kind: vendor.com/class
devices:
  - name: one
    containerEdits:
      env:
        - VENDOR_DEVICE=one
`;

async function takeFiles(files: Iterable<File>): Promise<void> {
  let given = now;
  for (const file of files) given = takeFile(given, file.name, await file.text());
  open(given);
}

function listen(id: string, event: string, work: () => void): void {
  find(id).addEventListener(event, work);
}

function getValue(id: string): string {
  const element = find(id);
  return element instanceof HTMLSelectElement ? element.value : '';
}

function fillChoices(): void {
  const none = make('option', { value: '' }, 'choose…');
  find('example').replaceChildren(none, ...Object.keys(EXAMPLES).map((name) => make('option', {}, name)));
  find('engine').replaceChildren(
    make('option', { value: '' }, 'an engine…'),
    ...Object.keys(ENGINE_DOCUMENTS).map((name) => make('option', {}, name)),
  );
}

function listenToAll(): void {
  // What scrolls has to be reached by the keyboard.
  for (const id of ['flow', 'diff', 'targets']) find(id).tabIndex = 0;
  listen('example', 'change', () => {
    const example = EXAMPLES[getValue('example')];
    if (example !== undefined) open(example);
  });
  listen('engine', 'change', () => {
    const document = ENGINE_DOCUMENTS[getValue('engine')];
    // What was chosen is asked for in the other container, too.
    if (document !== undefined) setConfig(writeChoice(document, readChoice(now.config)) ?? document);
  });
  listen('host', 'change', () => {
    const value = getValue('host');
    if (value === 'complete' || value === 'bare') open({ ...now, host: value });
  });
  listen('add-spec', 'click', () => {
    const name = makeName();
    open({ ...now, specs: [...now.specs, { name, text: NEW_SPEC }] });
    actions.goTo(getSpecPath(name), 1);
  });
  listen('remove-spec', 'click', () => {
    open({ ...now, specs: now.specs.filter(({ name }) => getSpecPath(name) !== specs.shown) });
  });
  listen('copy', 'click', () => void copyLink());
  const input = find('open');
  input.addEventListener('change', () => {
    if (input instanceof HTMLInputElement) void takeFiles(input.files ?? []);
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    void takeFiles(event.dataTransfer?.files ?? []);
  });
  addEventListener('hashchange', () => void openAddress());
}

async function copyLink(): Promise<void> {
  await save();
  const told = find('copied');
  try {
    await navigator.clipboard.writeText(location.href);
    told.textContent = 'Copied';
  } catch {
    told.textContent = 'The link is in the address bar';
  }
}

async function openAddress(): Promise<void> {
  open((await readFragment(location.hash)) ?? now);
}

/** The verdict first: editors take longer than the whole judgement. */
async function start(): Promise<void> {
  now = (await readFragment(location.hash)) ?? now;
  judgeNow();
  performance.mark('first-verdict');
  fillChoices();
  listenToAll();
  setTimeout(() => {
    openFiles();
    performance.mark('ready');
  });
}

/** For the console, and for who compares the page's answers with others. */
Object.assign(globalThis, { playground: { judge } });

void start();
