import { describe, expect, it } from 'vitest';
import { hasDots } from './plain-paths.ts';

describe('parts of a path that would be resolved on the way', () => {
  it.each(['/api/./x', '/api/../x', '/api/%2e%2E/x', '/api/.%2e', '/api/x/.', '/api/x/..?a=1'])(
    'are seen in %s',
    (url) => expect(hasDots(url)).toBe(true),
  );

  it.each(['/api/x.y', '/api/...', '/api/.x', '/api/x?a=/../b'])('are not in %s', (url) =>
    expect(hasDots(url)).toBe(false),
  );
});
