// How editors look: by the variables of the page, which are dark or light as the system is.
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

export const EDITOR_THEME: Extension = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--sheet)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '8px 0' },
  '.cm-gutters': { color: 'var(--faint)', backgroundColor: 'var(--sheet)', border: 'none' },
  '.cm-activeLineGutter': { color: 'var(--ink)', backgroundColor: 'transparent' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--selection)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-lit': { backgroundColor: 'var(--lit)', boxShadow: 'inset 3px 0 0 var(--lit-edge)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--lit)' },
  '.cm-tooltip': {
    color: 'var(--ink)',
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip .hint': { padding: '8px 12px', maxWidth: '42ch', fontFamily: 'var(--sans)', lineHeight: '1.45' },
  '.cm-tooltip .hint p': { margin: '0' },
  '.cm-tooltip .hint p + p': { marginTop: '4px' },
  '.cm-tooltip .hint-head': { color: 'var(--soft)' },
  '.cm-tooltip .hint-head strong': { color: 'var(--ink)', fontFamily: 'var(--mono)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { color: 'var(--on-accent)', backgroundColor: 'var(--accent)' },
  '.cm-completionDetail': { color: 'var(--soft)', fontStyle: 'normal', fontFamily: 'var(--sans)' },
  'li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', maxWidth: '36ch', fontFamily: 'var(--sans)' },
  '.cm-diagnostic': { padding: '6px 12px', fontFamily: 'var(--sans)', whiteSpace: 'pre-wrap', borderLeftWidth: '4px' },
  '.cm-diagnosticSource': { color: 'var(--soft)', opacity: '1', fontSize: '12px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  '.cm-diagnostic-info': { borderLeftColor: 'var(--accent)' },
});
