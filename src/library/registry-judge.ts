// What a registry judges its specs by: a schema of its own, or the one that is in use.
import type { Spec } from '../cdi/spec.ts';
import type { SpecSource } from '../cdi/validate.ts';
import type { SpecJudge } from '../registry/spec-loader.ts';
import { activeSchema, countSchemaChanges, defaultSchema, getChosenSchema } from './active-schema.ts';
import { loadSchema, type Schema, type SchemaChoice } from './schema.ts';
import { countValidatorChanges, judgeSpec } from './spec-validator.ts';
import { narrowSpec } from './typed-spec.ts';

/** The judge of one registry; its schema may be chosen again at any time. */
export class RegistryJudge implements SpecJudge {
  #own: Schema | undefined;
  /** the schema at another place than the default one */
  #external: Schema | undefined;
  #changes = 0;

  /**
   * Chooses a schema of its own, another place of the external one, or both.
   *
   * @throws {CdiError} BAD_SCHEMA, CANNOT_READ; nothing is chosen then
   */
  choose(schema: SchemaChoice | undefined, externalSchema: string | undefined): void {
    const own = typeof schema === 'string' ? loadSchema(schema) : schema;
    if (own !== undefined) this.#own = own;
    if (externalSchema !== undefined) this.#external = defaultSchema({ external: externalSchema });
    this.#changes++;
  }

  /** @see SpecJudge */
  generation(): number {
    return this.#changes + countSchemaChanges() + countValidatorChanges();
  }

  /** @see SpecJudge */
  judge(spec: Spec, source: SpecSource): void {
    const schema = this.#own ?? getChosenSchema() ?? this.#external ?? activeSchema();
    judgeSpec(narrowSpec(spec), schema, source);
  }
}
