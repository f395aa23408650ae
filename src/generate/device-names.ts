// Names for devices out of whatever the host calls them: valid ones, each once.

/**
 * A valid CDI device name: what may not stand in one becomes `_` and its code point in hexadecimal, an `x` comes
 * before a name that would begin with a mark, and a mark at the end is spelled as well.
 *
 * @example deviceName('usb-A+B(1)') // 'usb-A_2bB_281_29'
 */
export function makeDeviceName(text: string): string {
  const spelled = [...text].map((character) =>
    /[A-Za-z0-9._:-]/.test(character) ? character : spellCharacter(character),
  );
  const last = spelled.pop() ?? spellCharacter('');
  const name = [...spelled, /^[._:-]$/.test(last) ? spellCharacter(last) : last].join('');
  return /^[A-Za-z0-9]/.test(name) ? name : `x${name}`;
}

/**
 * One name for each list of names: the first that no other list is called by. Two that collide both go on to
 * their next name, so that it does not matter which came first.
 *
 * @param taken names that none may have
 */
export function makeDistinctNames(lists: readonly (readonly string[])[], taken: readonly string[]): string[] {
  const choices = lists.map((names) => names.map(makeDeviceName));
  const places = choices.map(() => 0);
  const chosen = (): string[] => choices.map((names, i) => names[places[i] ?? 0] ?? '');
  for (;;) {
    const names = chosen();
    const isUnique = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
    let moved = false;
    names.forEach((name, i) => {
      const next = (places[i] ?? 0) + 1;
      if ((isUnique(name) && !taken.includes(name)) || next >= (choices[i]?.length ?? 0)) return;
      places[i] = next;
      moved = true;
    });
    if (!moved) return names;
  }
}

function spellCharacter(character: string): string {
  return `_${(character.codePointAt(0) ?? 0).toString(16)}`;
}
