import { defineCommand } from 'citty';
import { SUPERUSER } from '@tradewind/native/postgres.ts';
import { REGISTRY_DATABASE } from '@tradewind/native/registry.ts';
import { UsageError } from '#arguments.ts';
import type { Stack } from '#environment.ts';
import { places } from '#places.ts';
import { portTable } from '#ports.ts';
import { captureRole, services } from '#stack.ts';
import { ensureDatabases, roleNames } from '#up/databases.ts';
import { migrateAll } from '#up/migrations.ts';
import { ensureTopics } from '#up/topics.ts';

export default defineCommand({
  meta: {
    name: 'provision',
    description: 'Databases, topics and schemas on servers given by environment (compose, Kubernetes)',
  },
  args: {
    databases: { type: 'boolean', default: false, description: 'databases, roles and migrations too' },
    connectors: {
      type: 'boolean',
      default: false,
      description: 'change data capture (CONNECT_URL, DATABASE_ADMIN_URL), with --databases also its roles',
    },
  },
  async run({ args }) {
    const brokers = required('KAFKA_BROKERS');
    const registryUrl = required('SCHEMA_REGISTRY_URL');
    if (args.databases) {
      const stack = stackFrom(required('DATABASE_ADMIN_URL'), required('DATABASE_PASSWORD'));
      const owners = services().filter((it) => it.database);
      await ensureDatabases(
        stack,
        owners.map((it) => it.name),
      );
      console.log(`${owners.length} databases, ${await migrateAll(stack, owners)} migrations applied`);
    }
    console.log(`${await ensureTopics(brokers.split(','))} topics`);
    const { registerSchemas } = await import('@tradewind/contracts/register.ts');
    console.log(`${await registerSchemas({ registryUrl })} schemas`);
    if (!args.connectors) return;
    const { applyAll } = await import('#up/change-capture.ts');
    const adminUrl = required('DATABASE_ADMIN_URL');
    const roles = args.databases ? stackFrom(adminUrl, required('DATABASE_PASSWORD')) : undefined;
    console.log(`connectors: ${await applyAll({ connectUrl: required('CONNECT_URL'), adminUrl, roles })}`);
  },
});

/** All roles of all services have one password here: this is for a compose file on one machine. */
function stackFrom(adminUrl: string, password: string): Stack {
  const { hostname, port, password: admin } = new URL(adminUrl);
  const all = services();
  const roles = [...roleNames(all.map((it) => it.name)), ...all.map((it) => captureRole(it.name))];
  return {
    places: places(),
    ports: { ...portTable(undefined), postgres: Number(port || 5432) },
    databaseHost: hostname,
    profile: 'core',
    secrets: {
      postgres: {
        ...Object.fromEntries([...roles, REGISTRY_DATABASE].map((role) => [role, password])),
        [SUPERUSER]: admin,
      },
      serviceKey: '',
      rabbitmq: '',
      mqtt: { ingest: '', messages: '' },
    },
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new UsageError(`${name} is not set`);
  return value;
}
