import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { expectedVersionOf } from './if-match.ts';

const given = (header: string | undefined, body?: unknown) =>
  expectedVersionOf({ headers: header === undefined ? {} : { 'if-match': header }, body } as FastifyRequest);

describe('the version that a write builds on', () => {
  it.each([
    ['"3"', 3],
    ['W/"3"', 3],
    ['3', 3],
    [' "3" ', 3],
    ['*', undefined],
    ['"never-ours"', -1],
    ['"99999999999"', -1],
  ])('If-Match: %s is %s', (header, version) => expect(given(header)).toBe(version));

  it('is the body’s without the header', () => {
    expect(given(undefined, { expectedVersion: 4 })).toBe(4);
    expect(given('"3"', { expectedVersion: 4 })).toBe(3);
    expect(given(undefined, null)).toBeUndefined();
  });

  it.each([[''], ['"3'], ['three'], ['"2", "3"'], ['-1']])('If-Match: %s is refused', (header) =>
    expect(() => given(header)).toThrow(
      expect.objectContaining({
        code: 'INVALID_IF_MATCH',
        details: { errors: [{ path: 'headers.if-match', message: expect.any(String) }] },
      }),
    ),
  );
});
