// The corpus: what the Go library answers, case by case, as it was recorded (test/conformance/corpus).
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const CORPUS: string = resolve(import.meta.dirname, '../conformance/corpus');

export function corpusCategories(): string[] {
  return readdirSync(CORPUS).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
}

export function corpusCases<T>(category: string): readonly T[] {
  return JSON.parse(readFileSync(join(CORPUS, `${category}.json`), 'utf8')).cases;
}
