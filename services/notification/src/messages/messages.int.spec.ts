import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openMessages, paid, startMailbox } from '#messages.fixture.ts';
import { retryDelivery } from './retry-delivery.ts';

let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let messages: Awaited<ReturnType<typeof openMessages>>;

beforeAll(async () => {
  mailbox = await startMailbox();
  messages = await openMessages(mailbox.urls);
  await messages.start();
});
afterEach(() => mailbox.knobs({}));
afterAll(async () => {
  await messages.close();
  await mailbox.close();
});

/** Somebody with an address of their own. */
async function somebody() {
  const recipient = newId();
  const email = `${recipient}@example.com`;
  await messages.wishes(recipient, { email });
  return { recipient, email };
}

const outcome = async (recipient: string) =>
  (await messages.of(recipient)).flatMap(({ deliveries }) =>
    deliveries.map(({ status, code }) => [status, code]),
  );

const sent = (recipient: string) =>
  eventually(async () => expect(await outcome(recipient)).toEqual([['SENT', null]]));

describe('messages', () => {
  it('go out by each channel that was chosen, once, and are told as events in order', async () => {
    const { recipient, email } = await somebody();
    const channels = { TRANSACTIONAL: { SMS: true, PUSH: true } };
    await messages.wishes(recipient, { email, phone: '+4915112345678', pushToken: recipient, channels });
    const eventId = newId();
    await Promise.all([1, 2].map(() => messages.tell(paid(recipient, 'O1'), eventId).catch(() => undefined)));
    await messages.tell(paid(recipient, 'O1'), eventId);
    await eventually(async () =>
      expect(await outcome(recipient)).toEqual(Array.from({ length: 3 }, () => ['SENT', null])),
    );
    expect(await mailbox.to(email)).toMatchObject([
      { subject: 'Your order O1 is paid', text: expect.stringContaining('129.50 USD'), repeats: 0 },
    ]);
    expect(await mailbox.to(recipient)).toMatchObject([{ text: 'Your order O1 is paid.' }]);
    expect(await messages.events(recipient)).toEqual([1, 2, 3].map((version) => ({ type: 'sent', version })));
  });

  it('that nobody wants or can get are kept with the reason', async () => {
    const recipient = newId();
    await messages.tell(paid(recipient));
    expect(await outcome(recipient)).toEqual([['SUPPRESSED', 'NO_ADDRESS']]);
  });

  it('of one tenant are not seen by another', async () => {
    const { recipient } = await somebody();
    await messages.tell(paid(recipient));
    expect(await messages.of(recipient, 'STORE-2')).toEqual([]);
  });

  it('come again to a sink that fails, and arrive once', async () => {
    const { recipient, email } = await somebody();
    await mailbox.knobs({ EMAIL: { mode: 'FAIL', times: 2, to: email } });
    await messages.tell(paid(recipient));
    await sent(recipient);
    expect(await mailbox.to(email)).toMatchObject([{ repeats: 0 }]);
    expect((await messages.of(recipient))[0]?.deliveries[0]?.attempts).toBe(3);
  });

  it('that a sink took without saying so come again under their id, and are dropped there', async () => {
    const { recipient, email } = await somebody();
    await mailbox.knobs({ EMAIL: { mode: 'DROP_ANSWER', times: 1, to: email } });
    await messages.tell(paid(recipient));
    await sent(recipient);
    expect(await mailbox.to(email)).toMatchObject([{ repeats: 1 }]);
  });

  it('that a sink refuses are given up at once, and begun again when staff say so', async () => {
    const { recipient, email } = await somebody();
    await mailbox.knobs({ EMAIL: { mode: 'REFUSE', times: 1, to: email } });
    await messages.tell(paid(recipient));
    await eventually(async () => expect(await outcome(recipient)).toEqual([['FAILED', 'REFUSED']]));
    const [shown] = await messages.of(recipient);
    const retry = retryDelivery(messages.db);
    const ids = [shown?.notificationId ?? '', shown?.deliveries[0]?.deliveryId ?? ''] as const;
    await expect(retry('STORE-2', ...ids, {})).rejects.toMatchObject({ code: 'DELIVERY_NOT_FOUND' });
    await retry('STORE-1', ...ids, {});
    await sent(recipient);
    await expect(retry('STORE-1', ...ids, {})).rejects.toMatchObject({ code: 'DELIVERY_NOT_FAILED' });
    expect(await messages.events(recipient)).toEqual([
      { type: 'failed', version: 1 },
      { type: 'sent', version: 2 },
    ]);
  });
});
