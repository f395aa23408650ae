// The adapter for an ordinary user: root loads the library and then gives its rights up for good.
export * from './adapter.mjs';

const NOBODY = 65534;
process.setgroups([]);
process.setgid(NOBODY);
process.setuid(NOBODY);
