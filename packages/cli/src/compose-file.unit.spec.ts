import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkout } from '#places.ts';
import { portTable, type PortName } from '#ports.ts';
import { databaseName, services } from '#stack.ts';
import { SERVERS } from '#up/servers.ts';

interface ComposeService {
  image?: string;
  build?: { target: string; args?: { SERVICE: string } };
  profiles?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
}

const file = parse(readFileSync(join(checkout, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
};
const all = Object.entries(file.services);
const ports = portTable(undefined);
/** `127.0.0.1:${POSTGRES_PORT:-15432}:5432` publishes 15432. */
const published = (port: string): number =>
  Number(/^127\.0\.0\.1:(?:\$\{\w+:-)?(\d+)\}?:\d+$/.exec(port)?.[1]);

describe('docker-compose.yml', () => {
  it('has every server and service of the stack, on its port', () => {
    for (const name of [...SERVERS, ...services().map((it) => it.name)] satisfies PortName[]) {
      expect((file.services[name]?.ports ?? []).map(published), name).toContain(ports[name]);
    }
    expect(file.services['inventory']?.ports?.map(published)).toContain(ports['inventory-grpc']);
    expect(file.services['pricing']?.ports?.map(published)).toContain(ports['pricing-grpc']);
  });

  it.each(all)('%s: publishes on the loopback interface only', (_, { ports: list = [] }) => {
    expect(list.map(published).filter(Number.isNaN)).toEqual([]);
  });

  it.each(all.filter(([name]) => name !== 'setup'))('%s: has a health check and a profile', (_, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.profiles).toContain('full');
  });

  it.each(all)('%s: pins its image or builds from the one Dockerfile', (_, { image, build }) => {
    if (image === undefined) expect(['setup', 'service']).toContain(build?.target);
    else expect(image).toMatch(/:\w*\d/);
  });

  it.each(all)('%s: waits only for what can become ready', (_, { depends_on: needs = {} }) => {
    for (const [name, { condition }] of Object.entries(needs)) {
      const met =
        condition === 'service_completed_successfully' ? name === 'setup' : file.services[name]?.healthcheck;
      expect(met, name).toBeTruthy();
    }
  });

  it.each(all)('%s: mounts what is there', (_, { volumes = [] }) => {
    for (const source of volumes.map((it) => it.split(':')[0] ?? '')) {
      const known = source.startsWith('.') ? existsSync(join(checkout, source)) : source in file.volumes;
      expect(known, source).toBe(true);
    }
  });

  it.each(services().filter((it) => it.database))(
    '$name: works under its own two roles, not as owner',
    ({ name }) => {
      const environment = file.services[name]?.environment ?? {};
      const database = databaseName(name);
      expect(environment['DATABASE_URL']).toMatch(new RegExp(`^postgres://${database}_app:.*/${database}$`));
      expect(environment['DATABASE_SYSTEM_URL']).toMatch(
        new RegExp(`^postgres://${database}_system:.*/${database}$`),
      );
      expect(environment).not.toHaveProperty('DATABASE_OWNER_URL');
    },
  );

  it('builds packages that exist', () => {
    for (const [, { build }] of all) {
      const name = build?.args?.SERVICE;
      if (name === undefined) continue;
      const folder =
        services().find((it) => [it.name, `${it.name}-simulator`].includes(name))?.folder ?? 'none';
      const manifest = JSON.parse(readFileSync(join(checkout, folder, 'package.json'), 'utf8')) as {
        name: string;
      };
      expect(manifest.name).toBe(`@tradewind/${name}`);
    }
  });
});
