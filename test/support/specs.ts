// Small specs as text.

/** A spec of a kind whose devices each set a variable with their name. */
export function spec(kind: string, ...devices: readonly string[]): string {
  return [
    'cdiVersion: "0.6.0"',
    `kind: ${kind}`,
    'devices:',
    ...devices.map((name) => `- { name: "${name}", containerEdits: { env: ["D=${name}"] } }`),
    '',
  ].join('\n');
}
