// What a JSON schema says of the place in a document: which keys may stand there, and what they mean.

/** As much of a schema as is looked at here. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly required?: readonly string[];
}

/** Finds what a `$ref` names. */
export type FollowRef = (ref: string) => SchemaNode | undefined;

export interface Field {
  readonly name: string;
  /** `list`, `text`, `number` … */
  readonly form: string;
  readonly words: string | undefined;
  readonly isRequired: boolean;
}

/** The schemas of what stands at a path of keys; a list and its entries are one place. */
export function findNodes(root: SchemaNode, path: readonly string[], follow: FollowRef): readonly SchemaNode[] {
  let nodes = unfold([root], follow);
  for (const key of path) {
    const below = nodes.flatMap(({ properties, patternProperties, additionalProperties }) => {
      const named = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (named !== undefined) return [named];
      const free = typeof additionalProperties === 'object' ? [additionalProperties] : [];
      return [...Object.values(patternProperties ?? {}), ...free];
    });
    nodes = unfold(below, follow);
  }
  return nodes;
}

export function listFields(nodes: readonly SchemaNode[], follow: FollowRef): readonly Field[] {
  return nodes.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, node]) => ({
      name,
      form: describeForm(unfold([node], follow)),
      words:
        node.description ?? unfold([node], follow).find(({ description }) => description !== undefined)?.description,
      isRequired: required.includes(name),
    })),
  );
}

/** The values that may stand at a place, where they are few. */
export function listValues(nodes: readonly SchemaNode[]): readonly string[] {
  const values = nodes.flatMap((node) => {
    if (node.enum !== undefined) return node.enum;
    if (node.const !== undefined) return [node.const];
    return node.type === 'boolean' ? [true, false] : [];
  });
  return [...new Set(values.map(String))];
}

function unfold(nodes: readonly SchemaNode[], follow: FollowRef, depth = 0): readonly SchemaNode[] {
  if (depth > 8) return [];
  return nodes.flatMap((node) => {
    const referred = node.$ref === undefined ? undefined : follow(node.$ref);
    const inner = [...(referred === undefined ? [] : [referred]), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
    const entries = node.items === undefined ? [] : [node.items];
    return [node, ...unfold([...inner, ...entries], follow, depth + 1)];
  });
}

const FORMS: Readonly<Record<string, string>> = {
  array: 'list',
  object: 'map',
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
};

function describeForm(nodes: readonly SchemaNode[]): string {
  const types = nodes.flatMap(({ type = [] }) => type).filter((type) => type !== 'null');
  const [first = ''] = types;
  if (first === 'array') return `list of ${plural(types[1] ?? '')}`;
  return FORMS[first] ?? '';
}

function plural(type: string): string {
  return type === 'object' ? 'maps' : type === 'string' ? 'texts' : type === 'integer' ? 'numbers' : 'values';
}
