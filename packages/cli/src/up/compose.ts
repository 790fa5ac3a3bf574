import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { which } from '@tradewind/native/find.ts';
import { mosquittoSecurity } from '@tradewind/native/mosquitto-security.ts';
import type { Say } from '@tradewind/native/launch.ts';
import { SUPERUSER } from '@tradewind/native/postgres.ts';
import { attempt, run, SetupError } from '@tradewind/native/run.ts';
import type { Stack } from '#environment.ts';
import { mqttUsers } from '#mqtt-users.ts';
import { checkout } from '#places.ts';
import { serversOf } from '#up/servers.ts';

const COMPOSE_FILE = join(checkout, 'docker-compose.yml');

/** True where a Docker daemon answers, the compose plugin is there, and every image is present or can be pulled. */
export async function composeWorks(stack: Stack): Promise<boolean> {
  if (which('docker') === undefined) return false;
  for (const args of [['info'], ['compose', 'version']]) {
    if ((await attempt('docker', args)).code !== 0) return false;
  }
  return (
    (
      await attempt(
        'docker',
        await composeArgs(stack, ['pull', '--policy', 'missing', ...serversOf(stack.profile)]),
      )
    ).code === 0
  );
}

/** Starts the servers only: the services run on this machine, as with native servers. */
export async function composeUp(stack: Stack, say: Say): Promise<void> {
  if (which('docker') === undefined)
    throw new SetupError('docker is not installed', './tw up --infra native');
  const wanted = serversOf(stack.profile);
  const leaving = serversOf('full').filter((name) => !wanted.includes(name));
  if (leaving.length > 0)
    await run('docker', await composeArgs(stack, ['rm', '--stop', '--force', ...leaving]));
  say('docker compose up');
  await run('docker', await composeArgs(stack, ['up', '--detach', '--wait', ...serversOf(stack.profile)]));
}

export async function composeDown(stack: Stack, wipe: boolean): Promise<void> {
  await run('docker', await composeArgs(stack, ['down', ...(wipe ? ['--volumes'] : [])]));
}

/** Ports and passwords reach compose by an env file next to the state, so that it agrees with the services. */
async function composeArgs({ places, ports, secrets }: Stack, command: string[]): Promise<string[]> {
  const file = join(places.home, 'compose.env');
  // Salted hashes of long random passwords; the server in its container is another user than ours.
  const security = join(places.home, 'mosquitto-security.json');
  await writeFile(security, mosquittoSecurity(mqttUsers(secrets)), { mode: 0o644 });
  const variables = {
    POSTGRES_PASSWORD: secrets.postgres[SUPERUSER],
    REGISTRY_PASSWORD: secrets.postgres['registry'],
    POSTGRES_PORT: ports.postgres,
    KAFKA_PORT: ports.kafka,
    REGISTRY_PORT: ports.registry,
    REDIS_PORT: ports.redis,
    RABBITMQ_PASSWORD: secrets.rabbitmq,
    RABBITMQ_PORT: ports.rabbitmq,
    RABBITMQ_MANAGEMENT_PORT: ports['rabbitmq-management'],
    MQTT_PORT: ports.mosquitto,
    CASSANDRA_PORT: ports.cassandra,
    OPENSEARCH_PORT: ports.opensearch,
    CONNECT_PORT: ports.connect,
    PROMETHEUS_PORT: ports.prometheus,
    MOSQUITTO_SECURITY: security,
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(''), { mode: 0o600 });
  return [
    'compose',
    '--project-name',
    `tradewind-${ports.postgres}`,
    '--env-file',
    file,
    '--file',
    COMPOSE_FILE,
    ...command,
  ];
}
