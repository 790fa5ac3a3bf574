import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { outboxFailpoints } from '@tradewind/outbox/failpoints.ts';
import { describe, expect, it } from 'vitest';
import { poisonSteps, replaySteps, rollbackSteps, rounds, rows } from './matrix.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

interface Site {
  readonly file: string;
  /** Folder of a service, or undefined for a package that several use. */
  readonly service: string | undefined;
  /** The name as it stands in the code: a template has `${…}` in it. */
  readonly name: string;
}

/** Calls of `failpoint('name')`, `failpoint(\`${kind}.name\`)` and their alternatives. */
function sitesIn(file: string, text: string): Site[] {
  const service = /^services\/([^/]+)\//.exec(file)?.[1];
  return [...text.matchAll(/(?<![\w.])failpoint\(([^;]*)\);/g)].flatMap(([, argument = '']) =>
    [...argument.matchAll(/'([^']*)'|`([^`]*)`/g)]
      .map(([, plain, template]) => plain ?? template ?? '')
      // The other strings of an expression are no names.
      .filter((name) => name.includes('.'))
      .map((name) => ({ file, service, name })),
  );
}

const matches = (site: Site, failpoint: string): boolean =>
  new RegExp(`^${site.name.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[a-z]+')}$`).test(failpoint);

const files = globSync('{packages,services}/*/src/**/*.ts', { cwd: checkout }).filter(
  (file) => !/\.(?:spec|fixture)\.ts$/.test(file) && !file.endsWith('outbox/src/failpoints.ts'),
);
const sites = files.flatMap((file) => sitesIn(file, readFileSync(`${checkout}${file}`, 'utf8')));
const all = [...rows, ...replaySteps, ...rollbackSteps, ...poisonSteps];

describe('crash matrix', () => {
  it('reads names out of the code, also alternatives and templates', () => {
    const text =
      "failpoint('a.b'); if (x) failpoint('y' in z ? `${kind}.later` : 'c.d'); disfailpoint('e.f');";
    expect(sitesIn('services/shop/src/a.ts', text).map(({ name }) => name)).toEqual([
      'a.b',
      '${kind}.later',
      'c.d',
    ]);
    expect(sites.length).toBeGreaterThan(20);
  });

  it.each(sites)('has a row for $name of $file', (site) => {
    const mine = all.filter(({ service }) => site.service === undefined || service === site.service);
    expect(mine.filter(({ failpoint }) => matches(site, failpoint))).not.toEqual([]);
  });

  it.each(all)('has no row for a step that is gone: $failpoint of $service', ({ service, failpoint }) => {
    const known = sites.filter((site) => site.service === undefined || site.service === service);
    expect(known.filter((site) => matches(site, failpoint))).not.toEqual([]);
  });

  it('has the steps that all services share', () => {
    const shared = sites.filter(({ service }) => service === undefined).map(({ name }) => name);
    expect([...new Set(shared)].sort()).toEqual([...outboxFailpoints].sort());
  });

  it.each(globSync('services/*/src/failpoints.ts', { cwd: checkout }))(
    'has every step that %s lists',
    (file) => {
      const service = file.split('/')[1];
      const listed = [...readFileSync(`${checkout}${file}`, 'utf8').matchAll(/'([a-z]+\.[a-z]+)'/g)].map(
        ([, name]) => name,
      );
      const mine = rows.filter((row) => row.service === service).map(({ failpoint }) => failpoint);
      expect(listed.filter((name) => !mine.includes(name ?? ''))).toEqual([]);
    },
  );

  it('plays each row once', () => {
    expect(rounds.flat()).toHaveLength(rows.length);
    for (const round of rounds) expect(new Set(round.map(({ service }) => service)).size).toBe(round.length);
  });
});
