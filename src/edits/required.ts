// What a section of the document needs to have when it is made.

/** Members by the section's path (OCI config "Process", "User"); values are JSON. */
export const REQUIRED: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['process', { user: '{"uid":0,"gid":0}', cwd: '""' }],
  ['process.user', { uid: '0', gid: '0' }],
]);
