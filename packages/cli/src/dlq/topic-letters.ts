import {
  encodeReading,
  parseDeviceMessage,
  READINGS_TOPIC,
  readingKey,
} from '@tradewind/contracts/device-reading.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { parseDeadLetter } from '@tradewind/messaging/dead-letter.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { UsageError } from '#arguments.ts';
import type { Letter, LetterContent, LetterId } from './letter.ts';
import type { RetryOutcome } from './retry.ts';

/** The bridge has no database: its dead letters are the topic itself. */
const CONSUMER = 'iot-bridge';
const TOPIC = `dlq.${CONSUMER}`;
/** A record that settles an earlier one of the topic, which forgets nothing. */
const SETTLES = 'dlq.settles';

interface TopicLetter {
  readonly letter: Letter;
  readonly message: Message;
}

/** Those that nobody has settled. */
export async function topicLetters(stack: RunningStack): Promise<TopicLetter[]> {
  const records = await readTopic(stack);
  const settled = new Set(records.flatMap(({ headers }) => headers[SETTLES] ?? []));
  return records
    .filter(({ headers, offset }) => headers[SETTLES] === undefined && !settled.has(String(offset)))
    .map((record) => {
      const { error, failedAt, attempts, message } = parseDeadLetter(record);
      const letter: Letter = {
        id: { kind: 'topic', database: CONSUMER, row: record.offset },
        ...{
          consumer: CONSUMER,
          storeId: '',
          topic: message.topic,
          key: message.key,
          place: `0@${record.offset}`,
        },
        ...{ errorCode: error.code, error: error.message, attempts, behind: 0, retryInSeconds: undefined },
        stored: undefined,
        ageSeconds: (Date.now() - Date.parse(failedAt)) / 1_000,
      };
      return { letter, message };
    });
}

export async function topicContent(stack: RunningStack, id: LetterId): Promise<LetterContent> {
  const { message } = await find(stack, id);
  return { headers: message.headers, payload: message.value };
}

/** Reads the payload again, by the rules of this checkout: those of when it came may have been wrong. */
export async function retryLetter(stack: RunningStack, id: LetterId): Promise<RetryOutcome> {
  const { letter, message } = await find(stack, id);
  try {
    const receivedAt = Math.round(Date.now() - letter.ageSeconds * 1_000);
    const reading = parseDeviceMessage(message.topic, message.value, receivedAt);
    const outgoing = { key: readingKey(reading), value: encodeReading(reading), headers: message.headers };
    await stack.publish(READINGS_TOPIC, outgoing);
    await settleLetter(stack, id, 'retried');
    return { state: 'applied' };
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'READING_INVALID') throw error;
    return { state: 'failed', error: `${error.code}: ${error.message}` };
  }
}

export async function settleLetter(
  stack: RunningStack,
  { row }: LetterId,
  how: 'dropped' | 'retried',
): Promise<void> {
  const headers = { [SETTLES]: String(row), 'dlq.settled': how };
  await stack.publish(TOPIC, { key: CONSUMER, value: Buffer.alloc(0), headers });
}

async function find(stack: RunningStack, { row }: LetterId): Promise<TopicLetter> {
  const found = (await topicLetters(stack)).find(({ letter }) => letter.id.row === row);
  if (!found) throw new UsageError('it is gone: somebody was faster');
  return found;
}

async function readTopic(stack: RunningStack): Promise<Message[]> {
  let ends: Map<number, bigint>;
  try {
    ends = await stack.log.endOffsets(TOPIC);
  } catch (error) {
    // Made by the first bridge that starts.
    if (isDomainError(error) && error.code === 'TOPIC_UNKNOWN') return [];
    throw error;
  }
  const records: Message[] = [];
  for (const [partition, end] of ends) {
    const from = (await stack.log.beginningOffsets(TOPIC)).get(partition) ?? 0n;
    if (from >= end) continue;
    for await (const batch of stack.log.read(TOPIC, partition, from, end)) records.push(...batch);
  }
  return records;
}
