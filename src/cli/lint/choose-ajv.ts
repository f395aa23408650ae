// ajv as a part of cdictl, which has no packages beside it.
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { LoadAjv } from '../../library/compile-schema.ts';

const CLASSES = { 'draft-07': Ajv, '2019-09': Ajv2019, '2020-12': Ajv2020 } as const;

export const chooseAjv: LoadAjv = (draft) => CLASSES[draft];
