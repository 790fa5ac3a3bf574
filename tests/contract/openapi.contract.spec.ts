import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { breakingChanges, type OpenapiDocument } from './openapi-changes.ts';

const folder = fileURLToPath(new URL('../../schemas/openapi/services/', import.meta.url));
const program = fileURLToPath(new URL('./print-openapi.ts', import.meta.url));
const sources = fileURLToPath(new URL('../../services/', import.meta.url));

/** The gateway's document is that of the others together. */
const services = readdirSync(sources)
  .filter((name) => name !== 'gateway' && existsSync(`${sources}${name}/src/build.ts`))
  .sort();
const fileOf = (service: string): string => `${folder}${service}.json`;

async function documentOf(service: string): Promise<OpenapiDocument> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, service], { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as OpenapiDocument;
}

/*
 * A change that breaks nobody is accepted by `vitest run --project contract -u`. One that breaks somebody is not: it
 * belongs under a new path, or its document is deleted first, where everybody sees it.
 */
describe('the REST surface', () => {
  it.each(services)('%s keeps what it promised', async (service) => {
    const current = await documentOf(service);
    if (existsSync(fileOf(service))) {
      const before = JSON.parse(readFileSync(fileOf(service), 'utf8')) as OpenapiDocument;
      expect(breakingChanges(before, current)).toEqual([]);
    }
    await expect(`${JSON.stringify(current, null, 2)}\n`).toMatchFileSnapshot(fileOf(service));
  });

  it('has no promise that nobody keeps', () => {
    const promised = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    expect(promised.filter((service) => !services.includes(service))).toEqual([]);
  });
});
