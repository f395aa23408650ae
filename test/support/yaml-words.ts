// What the two YAML parsers (libyaml in the shim, the yaml package in Node) are free to word differently.

/** A message without the column and the reason of a spec's syntax error; its line stays. */
export function withoutYamlWords(message: string | undefined): string | undefined {
  return message?.replace(/( is in error: line \d+), column \d+: [^;]+/, '$1');
}
