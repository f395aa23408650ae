// A JSON text with a line for each member and entry; strings and numbers stay as they are spelled.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Two blanks a level; empty objects and lists stay on their line. The text must be JSON. */
export function layOutJson(text: string): string {
  let out = '';
  let indent = '\n';
  let previous = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '}' || token === ']') {
      indent = indent.slice(0, -2);
      out += previous === '{' || previous === '[' ? token : indent + token;
    } else {
      if (previous === '{' || previous === '[' || previous === ',') out += indent;
      out += token === ':' ? ': ' : token;
      if (token === '{' || token === '[') indent += '  ';
    }
    previous = token;
  }
  return `${out}\n`;
}
