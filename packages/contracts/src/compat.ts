import type { Type } from 'avsc';
import { parseType } from '#avro-types.ts';
import type { EventSchema } from '#schema.ts';

interface Field {
  readonly name: string;
  readonly type: Type;
  defaultValue(): unknown;
}

/** The parts of a compiled type that avsc's own typings hide behind subclasses. */
interface Parts {
  readonly fields?: readonly Field[];
  readonly itemsType?: Type;
  readonly valuesType?: Type;
}

/**
 * Why two versions of an event cannot live in one topic: each must read what the other wrote (FULL compatibility). Empty
 * when they can. Every problem names the field. Where an event goes may not change either: its key decides the order.
 */
export function incompatibilities(next: EventSchema, released: EventSchema): string[] {
  const ours = parseType(next);
  const theirs = parseType(released);
  const moved = (['eventType', 'topic', 'key', 'producer'] as const)
    .filter((name) => next[name] !== released[name])
    .map((name) => `${name} changed from ${released[name]} to ${next[name]}`);
  return [
    ...moved,
    ...unreadable(ours, theirs).map((problem) => `new readers cannot read old events: ${problem}`),
    ...unreadable(theirs, ours).map((problem) => `old readers cannot read new events: ${problem}`),
  ];
}

/** FULL_TRANSITIVE: the problems with every released version, each with its number. */
export function incompatibleWith(next: EventSchema, released: ReadonlyMap<number, EventSchema>): string[] {
  return [...released].flatMap(([version, schema]) =>
    incompatibilities(next, schema).map((problem) => `version ${version}: ${problem}`),
  );
}

function unreadable(reader: Type, writer: Type): string[] {
  const error = resolveError(reader, writer);
  if (error === undefined) return [];
  // avsc says that something is wrong, not always where.
  const found = explain(reader, writer, '');
  return found.length > 0 ? found : [error];
}

function explain(reader: Type, writer: Type, path: string): string[] {
  const read = reader as Parts;
  const written = writer as Parts;
  if (read.fields && written.fields) {
    const byName = new Map(written.fields.map((field) => [field.name, field]));
    return read.fields.flatMap((field) => {
      const at = path === '' ? field.name : `${path}.${field.name}`;
      const source = byName.get(field.name);
      if (source) return explain(field.type, source.type, at);
      return field.defaultValue() === undefined ? [`${at} is missing there and has no default`] : [];
    });
  }
  if (read.itemsType && written.itemsType) return explain(read.itemsType, written.itemsType, `${path}[]`);
  if (read.valuesType && written.valuesType) return explain(read.valuesType, written.valuesType, `${path}{}`);
  const error = resolveError(reader, writer);
  return error === undefined ? [] : [`${path}: ${error}`];
}

function resolveError(reader: Type, writer: Type): string | undefined {
  try {
    reader.createResolver(writer);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
