// The two ways of applying edits.

/**
 * `append` does as Go does: whatever is asked is added. `once` leaves out what the document, as it was read,
 * says already: a retry, a restore, or an engine that injected the same devices before.
 */
export type Mode = 'append' | 'once';
