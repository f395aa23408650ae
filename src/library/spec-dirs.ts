// The directories in which specs are looked for where no one chose others.

/** Static, packaged specs. Go cdi.DefaultStaticDir. */
export const DEFAULT_STATIC_DIR = '/etc/cdi';

/** Specs made by programs, which win over static ones. Go cdi.DefaultDynamicDir. */
export const DEFAULT_DYNAMIC_DIR = '/var/run/cdi';

/** Both, the one with the higher priority last. Go cdi.DefaultSpecDirs. */
export const DEFAULT_SPEC_DIRS: readonly [typeof DEFAULT_STATIC_DIR, typeof DEFAULT_DYNAMIC_DIR] = [
  DEFAULT_STATIC_DIR,
  DEFAULT_DYNAMIC_DIR,
];
