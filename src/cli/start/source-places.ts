// Where in the sources an error of ours is from, by the maps beside the built files.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A place in a stack: path, line, column. */
const PLACE = /(\/[^():\n]+):(\d+):(\d+)/g;

/** A stack whose places are in the sources, where they were in built files that have a map. */
export function mapStack(stack: string): string {
  return stack.replaceAll(PLACE, (place, file, line, column) => {
    try {
      const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
      const origin = map.findOrigin(Number(line), Number(column));
      if (!('fileName' in origin)) return place;
      const source = fileURLToPath(new URL(origin.fileName, pathToFileURL(file)));
      return `${source}:${origin.lineNumber}:${origin.columnNumber}`;
    } catch {
      return place;
    }
  });
}
