// Which files of a spec directory engines read.
export const SPEC_NAME: RegExp = /\.(?:yaml|json)$/;
