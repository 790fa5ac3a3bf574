import { describe, expect, it } from 'vitest';
import { parseType } from '@tradewind/contracts/avro-types.ts';
import { incompatibleWith } from '@tradewind/contracts/compat.ts';
import { createDecoder } from '@tradewind/contracts/decoder.ts';
import { eventDefinitions, eventTypes, type EventType } from '@tradewind/contracts/event.ts';
import { plain, readReleased, versionOf } from './released.ts';

const releases = eventTypes.flatMap((type) =>
  [...readReleased(type)].map(([version, released]) => ({ type, version, ...released })),
);

/** The expected fields that today's schema still has; the others were dropped, which their default allows. */
function stillThere(expected: unknown, actual: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual))
    return expected.map((item, i) => stillThere(item, actual[i]));
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null)
    return expected;
  return Object.fromEntries(
    Object.entries(expected)
      .filter(([key]) => key in actual)
      .map(([key, value]) => [key, stillThere(value, (actual as Record<string, unknown>)[key])]),
  );
}

describe('released schemas', () => {
  it('are there for every event of the catalogue', () => {
    expect(new Set(releases.map(({ type }) => type))).toEqual(new Set(eventTypes));
  });

  it.each(eventTypes)('%s is compatible with every version of its past', (type: EventType) => {
    const schemas = new Map([...readReleased(type)].map(([version, { schema }]) => [version, schema]));
    expect(incompatibleWith(eventDefinitions[type].schema, schemas)).toEqual([]);
  });

  it.each(releases)(
    "$type $version: golden bytes decode with today's reader",
    ({ schema, golden, expected }) => {
      const decoder = createDecoder();
      decoder.learn(1, parseType(schema));
      const event = plain(decoder.decode(Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), golden])));
      expect(event).toMatchObject(stillThere(expected, event) as object);
    },
  );

  it.each(eventTypes)('%s carries the number of its schema', (type: EventType) => {
    const { schema, schemaVersion } = eventDefinitions[type];
    expect(schemaVersion.split('.')[1]).toBe(String(versionOf(schema, readReleased(type)) - 1));
  });
});
