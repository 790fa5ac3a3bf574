import { describe, expect, it } from 'vitest';
import { kinds } from '#messages/kinds.ts';
import { builtIn } from './built-in.ts';
import { chooseTemplate } from './choose.ts';
import { fallbacks } from './locale.ts';
import { flawsOfText, render } from './render.ts';
import type { Template } from './template.ts';
import { flawsOf } from './variables.ts';

const text = (body: string, subject: string | null = null) => ({ subject, body });

describe('built-in templates', () => {
  it.each(builtIn.map((it) => [`${it.key} ${it.channel} ${it.locale}`, it] as const))(
    '%s can be sent',
    (_, it) => {
      expect(flawsOfText(it.key, it.channel, it)).toEqual([]);
      const { subject, body } = render(it.channel, it, kinds[it.key].sample);
      expect(`${subject} ${body}`).not.toMatch(/\{\{|undefined|\[object/);
      expect(body.length).toBeGreaterThan(20);
    },
  );

  it('are there in every language alike', () => {
    const of = (locale: string) =>
      builtIn.filter((it) => it.locale === locale).map((it) => `${it.key} ${it.channel}`);
    expect(of('de')).toEqual(of('en'));
  });
});

describe('which text is used', () => {
  const own = (locale: string, body: string): Template => ({
    ...{ key: 'order-paid', channel: 'SMS', locale, version: 3, subject: null, body },
  });

  it.each([
    ['de-AT', ['de-AT', 'de', 'en']],
    ['zh-Hant-TW', ['zh-Hant-TW', 'zh-Hant', 'zh', 'en']],
    ['en', ['en']],
    [null, ['en']],
  ])('%s falls back by %j', (locale, expected) => expect(fallbacks(locale)).toEqual(expected));

  it.each([
    ['the own one in the locale itself', [own('de-AT', 'a'), own('de', 'b')], 'de-AT', ['de-AT', 3]],
    ['the own one in the language', [own('de', 'b'), own('en', 'c')], 'de-AT', ['de', 3]],
    ['the built-in one in the language before the own one in another', [own('en', 'c')], 'de-AT', ['de', 0]],
    ['the own one in English where the language is unknown', [own('en', 'c')], 'fr', ['en', 3]],
    ['the built-in one where there is nothing else', [], 'fr', ['en', 0]],
  ])('%s', (_, templates, locale, expected) => {
    const found = chooseTemplate(templates, 'order-paid', 'SMS', locale);
    expect([found?.locale, found?.version]).toEqual(expected);
  });

  it('is none where the channel has none', () =>
    expect(chooseTemplate([], 'stock-low', 'EMAIL', 'en')).toBeUndefined());
});

describe('a text is refused', () => {
  it.each([
    ['for an unknown variable', text('{{orderIdd}}'), 'body', /no variable \{\{orderIdd\}\}.*orderId/],
    ['for a variable of objects', text('{{constructor}}'), 'body', /no variable/],
    ['for a list shown as a word', text('{{items}}'), 'body', /is a list/],
    ['for a line variable outside of its list', text('{{qty}}'), 'body', /no variable/],
    ['for a variable that is not escaped', text('{{{orderId}}}'), 'body', /always escaped/],
    ['for a partial', text('{{> other}}'), 'body', /not part of the language/],
    ['for other delimiters', text('{{=<% %>=}}<% orderId %>'), 'body', /not part of the language/],
    ['for a section that does not end', text('{{#items}}{{qty}}'), 'body', /Unclosed section/],
    ['for a subject where there is none', text('Paid', 'Paid'), 'subject', /no subject/],
  ])('%s', (_, given, path, message) => {
    expect(flawsOfText('order-created', 'SMS', given)).toEqual([
      { path, message: expect.stringMatching(message) },
    ]);
  });

  it('for a mail without a subject', () =>
    expect(flawsOfText('order-paid', 'EMAIL', text('Paid', ' '))).toMatchObject([{ path: 'subject' }]));

  it('for a line that lacks what it shows', () =>
    expect(flawsOf('body', '{{#items}}{{qty}}{{/items}}', { items: [{ qty: '1' }, {}] })).toHaveLength(1));
});

describe('rendering', () => {
  const values = { reason: '<b>"late"</b> & sad\r\nBcc: all@example.com' };

  it('escapes HTML in mails', () => {
    expect(render('EMAIL', text('{{reason}}'), values).body).toContain('&lt;b&gt;&quot;late&quot;');
  });
  it('escapes what Slack gives a meaning', () => {
    expect(render('SLACK', text('{{reason}}'), values).body).toContain('&lt;b&gt;"late"&lt;/b&gt; &amp; sad');
  });
  it('leaves plain text as it is', () => {
    expect(render('SMS', text('{{reason}}'), values).body).toBe(values.reason);
  });
  it('keeps a subject on one line', () => {
    expect(render('EMAIL', text('', 'Because {{reason}}'), values).subject).not.toMatch(/[\r\n]/);
  });
});
