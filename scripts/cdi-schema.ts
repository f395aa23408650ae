// Writes schemas/cdi.schema.json, the schema of CDI as one file for editors: node scripts/cdi-schema.ts
// It says what CDI's says, whose two files find each other by their names, and what each field is for.
import { readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../src/schema/', import.meta.url);
const OUT = new URL('../schemas/cdi.schema.json', import.meta.url);

/** By the name of the field, wherever it stands without words of its own. */
const WORDS: Readonly<Record<string, string>> = {
  annotations: 'What tools want to say; it changes nothing in a container. Since cdiVersion 0.6.0.',
  devices: 'What containers can ask for, as vendor.com/class=name.',
  containerEdits:
    'What changes in a container: of a device, or of the spec as a whole, for whatever device of it is asked for.',
  env: 'Variables for the process, each NAME=value.',
  deviceNodes: 'Nodes in /dev of the container, with the right to use them.',
  netDevices: 'Network interfaces that move into the container. Since cdiVersion 1.1.0.',
  hooks: 'Programs of the host that run while a container starts or ends.',
  mounts: 'Files and folders of the host, or other file systems, in the container.',
  intelRdt: 'The class of service for caches and memory. Since cdiVersion 0.7.0.',
  additionalGids: 'Groups that the process is in besides its own. Since cdiVersion 0.7.0.',
  path: 'Of a node: where it is in the container. Of a hook: the program on the host, absolute.',
  hostPath:
    'Where it is on the host; engines follow no links of nodes. Of nodes since cdiVersion 0.5.0, and by default path.',
  containerPath: 'Where it is in the container.',
  type: 'Of a node: b, c, u or p, by default what the host has. Of a mount: bind and the like, since cdiVersion 0.4.0.',
  options: 'Of mount(8): ro, nosuid, nodev, rbind.',
  permissions: 'What the container may do with the node: r, w, m or several; rwm by default; none for nothing.',
  fileMode: 'Permission bits as a number: 432 is 0660.',
  major: "The node's major number, by default that of the host.",
  minor: "The node's minor number, by default that of the host.",
  uid: 'The owner of the node in the container.',
  gid: 'The group of the node in the container.',
  hookName: 'When it runs: createRuntime, createContainer, startContainer, poststart, poststop, or prestart.',
  args: 'The words of its command line; the first is its own name.',
  timeout: 'Seconds after which it is ended.',
  hostInterfaceName: 'The name of the interface on the host.',
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Fields = { readonly [name: string]: Json };

/** The whole of it as text. */
export function writeCdiSchema(): string {
  const { $schema: _, description = '', ...schema } = readFields('schema.json');
  const { definitions = {} } = readFields('defs.json');
  const whole = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://cdi-runtime.dev/schemas/cdi.schema.json',
    title: 'Container Device Interface',
    description,
    ...fields(rewrite(schema)),
    $defs: rewrite(definitions),
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

function readFields(name: string): Fields {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

function fields(value: Json): Fields {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Places are those of one file, and fields have words. */
function rewrite(value: Json): Json {
  if (isList(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    // CDI's file has it for $ref in one place, where it means nothing.
    if (name === 'ref') return [];
    if (name === '$ref') return [[name, String(member).replace(/^(?:defs\.json)?#\/definitions\//, '#/$defs/')]];
    return [[name, name === 'properties' ? describe(fields(rewrite(member))) : rewrite(member)]];
  });
  return Object.fromEntries(entries);
}

function describe(properties: Fields): Fields {
  const described = Object.entries(properties).map(([name, schema]): [string, Json] => {
    const words = WORDS[name];
    const own = fields(schema);
    return [name, words === undefined || 'description' in own ? schema : { description: words, ...own }];
  });
  return Object.fromEntries(described);
}

if (import.meta.main) writeFileSync(OUT, writeCdiSchema());
