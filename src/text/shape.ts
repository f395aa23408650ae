// Shapes of YAML nodes whose plain value is what a decoder makes of them: a host may read these at once.

/** As shim/host-shape.c numbers them. */
export const Form = {
  text: 0,
  texts: 1,
  integer: 2,
  /** a list of 1 to 1,000 patterns over `vendor.com/class=name`; over a label of DNS; over such with full stops between */
  qualified: 3,
  labels: 4,
  dotted: 5,
  choice: 6,
  record: 7,
  records: 8,
} as const;

/** A text, a list of texts, a whole number, a list of patterns, one of some texts, a record or a list of records. */
export interface Shape {
  readonly form: (typeof Form)[keyof typeof Form];
  /** of a choice: its texts */
  readonly choices?: readonly string[];
  /** of a record: its fields, those that must be there first */
  readonly fields?: readonly (readonly [name: string, shape: Shape])[];
  readonly required?: number;
}

/** A text node: what may mean more than text is none. */
export const TEXT: Shape = { form: Form.text };
export const TEXTS: Shape = { form: Form.texts };
/** A plain decimal number of up to nine digits. */
export const INTEGER: Shape = { form: Form.integer };

/** Patterns that a host leaves to be judged: of each the form of its list, and its text, in turn. */
export type Doubts = (number | string)[];

/** @param required names of the fields that must be there */
export function shapeRecord(
  fields: Readonly<Record<string, Shape | undefined>>,
  required: readonly string[],
): Shape | undefined {
  const known: [string, Shape][] = [];
  for (const name of new Set([...required, ...Object.keys(fields)])) {
    const shape = fields[name];
    if (shape !== undefined) known.push([name, shape]);
    // Without it, no record can be read at once.
    else if (required.includes(name)) return undefined;
  }
  return { form: Form.record, fields: known, required: required.length };
}

/** A list of such records. */
export function shapeList(record: Shape | undefined): Shape | undefined {
  return record?.form === Form.record ? { ...record, form: Form.records } : undefined;
}

/**
 * A shape and those of its fields, one after the other: of each its form, and of records how many fields there are, how
 * many of them must be there, and of each field its name and its shape's place; of choices the same with their texts alone.
 */
export type WrittenShape = readonly (string | number)[];

export function writeShape(shape: Shape): WrittenShape {
  const shapes = [shape];
  const written: (string | number)[] = [];
  for (const { form, choices = [], fields = [], required = 0 } of shapes) {
    written.push(form);
    if (form >= Form.choice) written.push(choices.length + fields.length, required, ...choices);
    for (const [name, one] of fields) {
      if (!shapes.includes(one)) shapes.push(one);
      written.push(name, shapes.indexOf(one));
    }
  }
  return written;
}
