// What is above the editors: examples, typical containers, hosts, files to open, and the link.
import type { Case } from './case.ts';
import { find, make } from './element.ts';
import { ENGINE_DOCUMENTS } from './engine-documents.ts';
import { EXAMPLES } from './examples.ts';
import { readChoice, writeChoice } from './request-text.ts';
import { takeFile } from './take-file.ts';

export interface ToolbarEvents {
  getCase(): Case;
  open(given: Case): void;
  /** Adds an empty spec, or removes the one in sight. */
  addSpec(): void;
  removeSpec(): void;
  /** @returns when the address has the case */
  save(): Promise<void>;
}

export function fillToolbar(events: ToolbarEvents): void {
  fill('example', 'choose…', Object.keys(EXAMPLES));
  fill('engine', 'an engine…', Object.keys(ENGINE_DOCUMENTS));
  listen('example', 'change', () => {
    const example = EXAMPLES[getValue('example')];
    if (example !== undefined) events.open(example);
  });
  listen('engine', 'change', () => {
    const document = ENGINE_DOCUMENTS[getValue('engine')];
    if (document === undefined) return;
    // What was chosen is asked for in the other container, too.
    const given = events.getCase();
    events.open({ ...given, config: writeChoice(document, readChoice(given.config)) ?? document });
  });
  listen('host', 'change', () => {
    const value = getValue('host');
    if (value === 'complete' || value === 'bare') events.open({ ...events.getCase(), host: value });
  });
  listen('add-spec', 'click', events.addSpec);
  listen('remove-spec', 'click', events.removeSpec);
  listen('copy', 'click', () => void copyLink(events));
  const input = find('open');
  input.addEventListener('change', () => {
    if (input instanceof HTMLInputElement) void takeFiles(events, input.files ?? []);
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    void takeFiles(events, event.dataTransfer?.files ?? []);
  });
}

/** The hosts that can be chosen; a snapshot only where there is one. */
export function drawHosts({ host }: Case): void {
  const shown = typeof host === 'string' ? host : 'snapshot';
  const options = [
    ['complete', 'that has what specs name'],
    ['bare', 'that has nothing'],
    ...(typeof host === 'string' ? [] : [['snapshot', 'of the snapshot']]),
  ];
  find('host').replaceChildren(
    ...options.map(([value = '', text = '']) =>
      make('option', { value, selected: value === shown ? '' : undefined }, text),
    ),
  );
}

function fill(id: string, nothing: string, names: readonly string[]): void {
  find(id).replaceChildren(make('option', { value: '' }, nothing), ...names.map((name) => make('option', {}, name)));
}

function listen(id: string, event: string, work: () => void): void {
  find(id).addEventListener(event, work);
}

function getValue(id: string): string {
  const element = find(id);
  return element instanceof HTMLSelectElement ? element.value : '';
}

async function takeFiles({ getCase, open }: ToolbarEvents, files: Iterable<File>): Promise<void> {
  let given = getCase();
  for (const file of files) given = takeFile(given, file.name, await file.text());
  open(given);
}

async function copyLink({ save }: ToolbarEvents): Promise<void> {
  await save();
  const told = find('copied');
  try {
    await navigator.clipboard.writeText(location.href);
    told.textContent = 'Copied';
  } catch {
    told.textContent = 'The link is in the address bar';
  }
}
