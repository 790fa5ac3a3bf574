import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { checkout } from '#places.ts';
import { services } from '#stack.ts';
import { type Plan, plan } from './plan.ts';
import { registrations } from './registrations.ts';
import { newService } from './service-name.ts';

const service = { name: 'gift-cards', database: 'gift_cards', port: 4077 };

describe('the name of a new service', () => {
  it('comes with a database and a free port', () => {
    const { port, ...rest } = newService('gift-cards', checkout);
    expect(rest).toEqual({ name: 'gift-cards', database: 'gift_cards' });
    expect(port).toBeGreaterThan(4010);
  });

  it('has the port that the contract planned for it', () => {
    expect(newService('analytics', '/nonexistent').port).toBe(4009);
  });

  it.each(['', 'GiftCards', 'gift_cards', '1st', 'gift-', '../gift', 'x'.repeat(41)])(
    'is not "%s"',
    (name) => {
      expect(() => newService(name, checkout)).toThrow('is no service name');
    },
  );

  it.each([
    ['order', 'services/order'],
    ['kernel', 'packages/kernel'],
    ['native', 'infra/native'],
    ['postgres', 'packages/postgres'],
    ['kafka', 'something else'],
    ['inventory-grpc', 'something else'],
  ])('is not %s, which is taken', (name, by) => {
    expect(() => newService(name, checkout)).toThrow(by);
  });
});

describe('every service', () => {
  const own = services().filter(({ name, folder }) => folder.startsWith('services/') && name !== 'gateway');

  it.each(registrations)('is listed in $file', ({ file }) => {
    const text = readFileSync(join(checkout, file), 'utf8');
    // The gateway is told of those that clients call.
    const names = own.filter((it) => it.behindGateway || !file.includes('gateway')).map(({ name }) => name);
    expect(names.filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text))).toEqual([]);
  });
});

describe('a new service', () => {
  let root: string;
  let made: Plan;
  const textOf = (path: string): string =>
    [...made.written, ...made.changed].find((file) => file.path === path)?.text ?? '';

  beforeAll(() => {
    made = plan(service, checkout);
    root = mkdtempSync(join(tmpdir(), 'new-service-'));
    for (const { path, text } of made.written) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    symlinkSync(join(checkout, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
    symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
    // Has all that the template depends on.
    symlinkSync(
      join(checkout, 'services/product/node_modules'),
      join(root, `services/${service.name}/node_modules`),
    );
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('has no placeholder left', () => {
    expect(made.written.filter(({ path, text }) => /\{\{|\.tmpl/.test(path + text))).toEqual([]);
    expect(made.written.length).toBeGreaterThan(15);
  });

  it('is in every list of services once', () => {
    for (const { path, text } of made.changed) {
      const added = text.length - readFileSync(join(checkout, path), 'utf8').length;
      expect(added, path).toBeGreaterThan(0);
      expect(text, path).toMatch(/gift[-_]cards/);
      const documents = /\.ya?ml$/.test(path) ? parseAllDocuments(text) : [];
      expect(
        documents.flatMap(({ errors }) => errors),
        path,
      ).toEqual([]);
    }
    expect(JSON.parse(textOf('tsconfig.json'))).toMatchObject({
      references: expect.arrayContaining([{ path: 'services/gift-cards' }]),
    });
    const { services } = parse(textOf('docker-compose.yml'), { merge: true, maxAliasCount: -1 }) as {
      services: Record<string, { environment: Record<string, string> }>;
    };
    expect(services['gift-cards']?.environment).toMatchObject({ PORT: 4077 });
    expect(JSON.parse(services['gateway']?.environment['SERVICE_URLS'] ?? '')).toMatchObject({
      'gift-cards': 'http://gift-cards:4077',
    });
  });

  it('is not listed twice where it was planned', () => {
    const planned = { name: 'analytics', database: 'analytics', port: 4009 };
    for (const file of ['packages/cli/src/stack.ts', 'services/gateway/src/routes.ts']) {
      const text = readFileSync(join(checkout, file), 'utf8');
      expect(registrations.find((it) => it.file === file)?.add(text, planned)).toBe(text);
    }
  });

  it('says which list has changed its form', () => {
    expect(() => registrations[0]?.add('{}', service)).toThrow('is missing');
  });

  it('compiles', { timeout: 30_000 }, () => {
    const folder = join(root, 'services', service.name);
    writeFileSync(
      join(folder, 'tsconfig.check.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: { composite: false, incremental: false, noEmit: true, rootDir: '/' },
        references: [],
      }),
    );
    const program = join(checkout, 'node_modules/typescript/bin/tsc');
    const { stdout, status } = spawnSync(
      process.execPath,
      [program, '-p', join(folder, 'tsconfig.check.json')],
      {
        encoding: 'utf8',
      },
    );
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
