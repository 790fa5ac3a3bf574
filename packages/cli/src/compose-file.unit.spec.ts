import { pbkdf2Sync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGINS, WORKER } from '@tradewind/native/connect.ts';
import { LIMITS as MOSQUITTO } from '@tradewind/native/mosquitto.ts';
import { mosquittoSecurity } from '@tradewind/native/mosquitto-security.ts';
import { LIMITS as RABBITMQ } from '@tradewind/native/rabbitmq.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mqttUsers } from '#mqtt-users.ts';
import { checkout } from '#places.ts';
import { portTable, type PortName } from '#ports.ts';
import { databaseName, services } from '#stack.ts';
import { serversOf } from '#up/servers.ts';

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

// Every service repeats the same few anchors; the parser takes many of them for an attack.
const PARSING = { merge: true, maxAliasCount: -1 };
const file = parse(readFileSync(join(checkout, 'docker-compose.yml'), 'utf8'), PARSING) as {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
};
/** Do their work and end. */
const ENDING = ['setup', 'connectors'];
const all = Object.entries(file.services);
const ports = portTable(undefined);
/** `127.0.0.1:${POSTGRES_PORT:-15432}:5432` publishes 15432. */
const published = (port: string): number =>
  Number(/^127\.0\.0\.1:(?:\$\{\w+:-)?(\d+)\}?:\d+$/.exec(port)?.[1]);

describe('docker-compose.yml', () => {
  it('has every server and service of the stack, on its port', () => {
    for (const name of [...serversOf('full'), ...services().map((it) => it.name)] satisfies PortName[]) {
      expect((file.services[name]?.ports ?? []).map(published), name).toContain(ports[name]);
    }
    expect(file.services['inventory']?.ports?.map(published)).toContain(ports['inventory-grpc']);
    expect(file.services['pricing']?.ports?.map(published)).toContain(ports['pricing-grpc']);
  });

  it.each(all)('%s: publishes on the loopback interface only', (_, { ports: list = [] }) => {
    expect(list.map(published).filter(Number.isNaN)).toEqual([]);
  });

  it.each(all.filter(([name]) => !ENDING.includes(name)))(
    '%s: has a health check and a profile',
    (_, service) => {
      expect(service.healthcheck?.test.length).toBeGreaterThan(1);
      expect(service.profiles).toContain('full');
    },
  );

  it.each(all)('%s: pins its image or builds from the one Dockerfile', (_, { image, build }) => {
    if (image === undefined) expect(['setup', 'service', 'connect']).toContain(build?.target);
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
    const mounts = volumes.map((it) => it.replace(/\$\{\w+:-([^}]*)\}/g, '$1'));
    for (const source of mounts.map((it) => it.split(':')[0] ?? '')) {
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

interface Security {
  clients: { username: string; password: string; salt: string; iterations: number }[];
  roles: unknown;
}

describe('servers in containers', () => {
  const text = (name: string): string => readFileSync(join(checkout, 'infra/compose', name), 'utf8');

  it('have the limits of the native ones', () => {
    expect(text('mosquitto.conf').split('\n')).toEqual(expect.arrayContaining([...MOSQUITTO]));
    const limits = Object.entries(RABBITMQ).map(([name, value]) => `${name} = ${value}\n`);
    expect(text('rabbitmq.conf')).toBe(limits.join(''));
  });

  it('have the settings and the plugins of the native Connect', () => {
    const worker = Object.entries(WORKER).map(([name, value]) => `${name}=${value}`);
    const lines = readFileSync(join(checkout, 'infra/debezium/worker.properties'), 'utf8').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual(
      expect.arrayContaining(worker),
    );
    const pom = readFileSync(join(checkout, 'infra/debezium/pom.xml'), 'utf8');
    const artifact = /<groupId>(.+)<\/groupId>\s*<artifactId>(.+)<\/artifactId>\s*<version>(.+)<\/version>/g;
    const [, ...added] = [...pom.matchAll(artifact)].map(([, group, name, version]) => ({
      group,
      name,
      version,
    }));
    expect(added).toEqual(PLUGINS);
  });

  it('have the MQTT users of a local stack, with their rights', () => {
    const users = mqttUsers({ mqtt: { ingest: 'tradewind', messages: 'tradewind' } });
    const { clients, ...rights } = JSON.parse(text('mosquitto-security.json')) as Security;
    const { clients: _native, ...native } = JSON.parse(mosquittoSecurity(users)) as Security;
    expect(rights).toEqual(native);
    for (const { username, password } of users) {
      const client = clients.find((it) => it.username === username);
      const salt = Buffer.from(client?.salt ?? '', 'base64');
      const hash = pbkdf2Sync(password, salt, client?.iterations ?? 1, 64, 'sha512').toString('base64');
      expect(client?.password, username).toBe(hash);
    }
  });
});
