// What steers a terminal, or turns or hides what it shows, written as escapes of JSON.

/** What JSON and YAML let stand as it is: DEL and the controls U+0080 to U+009F, marks of direction, what is not seen. */
const STEERING = /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** JSON or YAML that says the same, and steers no terminal: only strings in quotes have such characters. */
export function escapeSteering(text: string): string {
  return text.replace(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
