import { deadLetterContent, deadLetters, type DeadLetter } from '@tradewind/outbox/dead-letters.ts';
import { UsageError } from '#arguments.ts';
import { hasTable } from '#reconcile/i7-applied-exactly-once.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { formatId, type Letter, type LetterContent, type LetterId } from './letter.ts';
import { topicContent, topicLetters } from './topic-letters.ts';

/** The heads of all keys that wait, over all services. */
export async function letters(stack: RunningStack): Promise<Letter[]> {
  const [stored, published] = await Promise.all([storedLetters(stack), topicLetters(stack)]);
  return [...stored, ...published.map((one) => one.letter)];
}

async function storedLetters(stack: RunningStack): Promise<Letter[]> {
  const found = await Promise.all(
    stack.databases.map(async (database) => {
      if (!(await hasTable(stack, database, 'parked_events'))) return [];
      const stored = await stack.transaction(database, '', (tx) => deadLetters(tx));
      return stored.map((one) => letterOf(database, one));
    }),
  );
  return found.flat();
}

function letterOf(database: string, { id, partition, offset, ...one }: DeadLetter): Letter {
  const now = Date.now();
  return {
    ...{ id: { kind: id.kind, database, row: id.row }, consumer: one.consumer, storeId: one.storeId },
    ...{ topic: one.topic, key: one.key, place: offset === undefined ? undefined : `${partition}@${offset}` },
    ...{ errorCode: one.errorCode, error: one.error, attempts: one.attempts, behind: one.behind },
    ageSeconds: (now - one.parkedAt.getTime()) / 1_000,
    retryInSeconds: one.nextAttemptAt && (one.nextAttemptAt.getTime() - now) / 1_000,
    stored: { id, partition, offset, ...one },
  };
}

/** @throws UsageError where it is not there (any more), or waits behind another */
export async function letter(stack: RunningStack, id: LetterId): Promise<Letter> {
  if (id.kind !== 'topic' && !stack.has(id.database))
    throw new UsageError(`no service has the database ${id.database}`);
  const found = (await letters(stack)).find((one) => formatId(one.id) === formatId(id));
  if (found === undefined)
    throw new UsageError(`${formatId(id)} is not at the head of a key: see ./tw dlq ls`);
  return found;
}

export async function content(stack: RunningStack, id: LetterId): Promise<LetterContent> {
  const { kind, database, row } = id;
  if (kind === 'topic') return topicContent(stack, id);
  const found = await stack.transaction(database, '', (tx) => deadLetterContent(tx, { kind, row }));
  if (found === undefined) throw new UsageError('it is gone: somebody was faster');
  return found;
}
