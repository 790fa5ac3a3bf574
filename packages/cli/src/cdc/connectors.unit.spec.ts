import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureEnvironment, type Stack } from '#environment.ts';
import { checkout } from '#places.ts';
import { portTable } from '#ports.ts';
import { captureRole, databaseName, services } from '#stack.ts';
import { parseTopics } from '#up/topics.ts';
import { declaredConnectors } from './connectors.ts';

const connectors = await declaredConnectors();
const topics = new Set(
  parseTopics(readFileSync(join(checkout, 'schemas/topics.yaml'), 'utf8')).map(({ name }) => name),
);
const stack: Stack = {
  profile: 'full',
  places: { home: '/home/me/.run', cache: '/home/me/.cache/tradewind' },
  ports: portTable(undefined),
  secrets: { postgres: {}, serviceKey: '', rabbitmq: '', mqtt: { ingest: '', messages: '' } },
};
const environment = captureEnvironment(stack, services());

/** Table and columns of the publication that a service's migration makes. */
function published(service: string): { table: string; columns: string[] } {
  const folder = join(checkout, 'services', service, 'migrations');
  const text = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const [, table = '', columns = ''] = /create publication cdc for table (\w+) \(([^()]*)\)/.exec(text) ?? [];
  return { table, columns: columns.split(',').map((name) => name.trim()) };
}

it('every captured service has a connector, and nobody else', () => {
  const captured = services().filter((it) => it.captured);
  expect(connectors.map(({ name }) => name)).toEqual(captured.map(({ name }) => name).sort());
});

describe.each(connectors)('connector $name', ({ name, config, ...rest }) => {
  it('reads its own database through a slot of its own, under the role of change capture', () => {
    expect(rest).toEqual({
      database: databaseName(name),
      slot: `cdc_${databaseName(name)}`,
      publication: 'cdc',
      role: captureRole(name),
    });
  });

  it('tells what the publication has, no column more', () => {
    const { table, columns } = published(name);
    expect(config['table.include.list']).toBe(`public.${table}`);
    expect(config['column.include.list']).toBe(`public.${table}.(${columns.join('|')})`);
  });

  it('writes to declared topics: brokers make none', () => {
    const table = config['table.include.list'];
    expect(topics).toContain(`${config['topic.prefix']}.${table}`);
    expect(topics).toContain(`${config['topic.heartbeat.prefix']}.${config['topic.prefix']}`);
  });

  it('names no password and no address, only what its worker is told', () => {
    const named = JSON.stringify(config).matchAll(/\$\{env:(\w+)\}/g);
    for (const [, variable = ''] of named) expect(environment).toHaveProperty(variable);
    expect(config['database.password']).toMatch(/^\$\{env:CDC_\w+\}$/);
    expect(config['database.hostname']).toMatch(/^\$\{env:\w+\}$/);
  });

  it('notices a slot that was made anew, and differs from the others in nothing that is not its own', () => {
    expect(config['offset.mismatch.strategy']).toBe('trust_offset');
    const own =
      /^(?:database\.(?:user|password|dbname)|topic\.prefix|slot\.name|(?:table|column)\.include\.list)$/;
    const common = (of: Readonly<Record<string, string>>) =>
      Object.entries(of).filter(([setting]) => !own.test(setting));
    expect(common(config)).toEqual(common(connectors[0]?.config ?? {}));
  });
});
