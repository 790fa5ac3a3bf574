import { describe, expect, it } from 'vitest';
import { leadsAway } from './spared.ts';

const away = (text: string): boolean => leadsAway({ body: Buffer.from(text) });

describe('a request', () => {
  it.each(['http://127.0.0.1:9/', 'nowhere', '', '../x', 'http://', '\0'])('may name %j', (url) => {
    expect(away(JSON.stringify({ url, description: 'http://partner.example/' }))).toBe(false);
  });

  it.each(['http://127.0.0.2/', 'https://partner.example/', 'http://127.0.0.x', ' http:\\\\a.example'])(
    'that names %s is not sent',
    (url) => {
      expect(away(JSON.stringify({ url }))).toBe(true);
      expect(away(`\uFEFF${JSON.stringify([{ deep: { url } }])}`)).toBe(true);
    },
  );

  it('that is no JSON names nothing', () => {
    expect([away('{"url":"http://a.example'), leadsAway({})]).toEqual([false, false]);
  });
});
