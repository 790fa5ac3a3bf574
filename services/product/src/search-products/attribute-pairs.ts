/** Between an attribute's name and its value where both stand in one text: no keyboard types it. */
export const SEPARATOR = '\u001f';

export interface Attribute {
  readonly name: string;
  readonly value: string;
}

export function attributeIn(pair: string): Attribute {
  const end = pair.indexOf(SEPARATOR);
  return { name: pair.slice(0, end), value: pair.slice(end + 1) };
}

/** Attributes asked for as `name:value`, each name with all its values. */
export function askedAttributes(asked: readonly string[]): Map<string, string[]> {
  const wanted = new Map<string, string[]>();
  for (const one of asked) {
    const end = one.indexOf(':');
    const name = one.slice(0, end);
    wanted.set(name, [...(wanted.get(name) ?? []), one.slice(end + 1)]);
  }
  return wanted;
}
