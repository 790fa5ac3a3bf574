import { registerSchemas } from '@tradewind/contracts/register.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { startProcess } from '@tradewind/testing/service-process.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openMessages, paid, startMailbox } from '#messages.fixture.ts';

let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let messages: Awaited<ReturnType<typeof openMessages>>;
let registryUrl: string;

beforeAll(async () => {
  registryUrl = (await (await servers()).registry()).url;
  await registerSchemas({ registryUrl });
  mailbox = await startMailbox();
  messages = await openMessages(mailbox.urls);
});
afterAll(async () => {
  await messages.close();
  await mailbox.close();
});

/** The real service without a broker: its events stay in the outbox, where they can be counted. */
const start = async (env: Readonly<Record<string, string>>, ready = true) =>
  startProcess(
    'notification',
    {
      DATABASE_URL: messages.database.databaseUrl,
      DATABASE_SYSTEM_URL: messages.database.systemUrl,
      KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
      SCHEMA_REGISTRY_URL: registryUrl,
      JWKS_URL: 'http://127.0.0.1:9/keys',
      JWT_ISSUER: 'http://127.0.0.1:9',
      SERVICE_KEY: 'word',
      REDIS_URL: (await (await servers()).redis()).url,
      NOTIFICATION_LEASE_MS: '1000',
      // However busy the machine is, the sink has it before the process dies.
      NOTIFICATION_CALL_TIMEOUT_MS: '30000',
      LOG_LEVEL: 'warn',
      ...mailbox.urls,
      ...env,
    },
    { ready },
  );

/** The rest of the steps is crashed in the whole stack (tests/crash). */
describe('a crash sends no message twice, and leaves none unsent', () => {
  it.each(['deliver.sent', 'deliver.saved'])('%s', async (failpoint) => {
    const [recipient, eventId] = [newId(), newId()];
    const email = `${recipient}@example.com`;
    await messages.wishes(recipient, { email });
    await messages.tell(paid(recipient), eventId);
    const doomed = await start({ TW_FAILPOINT: failpoint }, false);
    expect(await doomed.ended).toBe('SIGKILL');

    const survivor = await start({});
    onTestFinished(async () => void (await survivor.stop()));
    await eventually(async () =>
      expect(await messages.events(recipient)).toEqual([{ type: 'sent', version: 1 }]),
    );
    // It came again, under its id: the sink dropped that.
    const [kept, ...others] = await mailbox.to(email);
    expect(others).toEqual([]);
    expect(kept?.repeats).toBeGreaterThan(0);
  });
});
