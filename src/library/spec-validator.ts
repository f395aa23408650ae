// What judges specs besides the rules of CDI: the schema in use, and a validator of the program's own.
import type { SpecSource } from '../cdi/validate.ts';
import { CdiError } from '../text/error.ts';
import type { Spec } from './typed-spec.ts';

/** Judges specs by rules of its own; a `Schema` is one. */
export interface SpecValidator {
  /**
   * @param spec keeps the rules of CDI
   * @param source where it is from, for messages
   * @throws what is wrong; an error that is no `CdiError` becomes one with the code BAD_SPEC
   */
  validateSpec(spec: Spec, source?: SpecSource): void;
}

let own: SpecValidator | undefined;
let changes = 0;

/**
 * Sets a validator for all specs that are loaded or written from now on, besides the schema in use. Registries judge
 * the specs that they have loaded again at their next query.
 *
 * @param validator nothing: none any more
 * @see Go cdi.SetSpecValidator
 */
export function setSpecValidator(validator: SpecValidator | null | undefined): void {
  own = validator ?? undefined;
  changes++;
}

/** Rises with each `setSpecValidator`. */
export function countValidatorChanges(): number {
  return changes;
}

/**
 * Judges a spec by a schema, then by the program's own validator.
 *
 * @throws {CdiError}
 */
export function judgeSpec(spec: Spec, schema: SpecValidator, source: SpecSource): void {
  schema.validateSpec(spec, source);
  if (own === undefined) return;
  try {
    own.validateSpec(spec, source);
  } catch (cause) {
    if (cause instanceof CdiError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CdiError('BAD_SPEC', { what: source.what ?? 'validate the spec', path: source.path, why, cause });
  }
}
