import { type CdcChange, createCdcDecoder } from '@tradewind/contracts/cdc.ts';
import type { CdcTopic } from '@tradewind/contracts/cdc-tables.ts';
import type { Offsets } from '@tradewind/messaging/log.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { expect } from 'vitest';
import { tw } from '../e2e/cli.fixture.ts';
import { stack } from '../e2e/stack.fixture.ts';

type ChangeOf<Topic extends CdcTopic> = Extract<CdcChange, { readonly topic: Topic }>;

/** What a topic has been told since a moment. */
export interface Tail<Topic extends CdcTopic> {
  changes(): Promise<ChangeOf<Topic>[]>;
  /** The same, as Kafka has it. */
  bytes(): Promise<Buffer[]>;
  close(): Promise<void>;
}

export async function tailOf<Topic extends CdcTopic>(topic: Topic): Promise<Tail<Topic>> {
  const broker = createKafkaBroker({ clientId: 'tests', brokers: stack.kafka.split(',') });
  const decoder = createCdcDecoder({ url: stack.registry });
  const start: Offsets = await broker.endOffsets(topic);

  async function bytes(): Promise<Buffer[]> {
    const found: Buffer[] = [];
    for (const [partition, end] of await broker.endOffsets(topic)) {
      const from = start.get(partition) ?? 0n;
      if (end === from) continue;
      for await (const batch of broker.read(topic, partition, from, end))
        found.push(...batch.map(({ value }) => value));
    }
    return found;
  }

  return {
    bytes,
    async changes() {
      const decoded = await Promise.all((await bytes()).map((value) => decoder.decode(value)));
      return decoded.filter((change) => change !== undefined) as ChangeOf<Topic>[];
    },
    close: () => broker.close(),
  };
}

interface CaptureRow {
  readonly name: string;
  readonly condition: string;
  readonly slotState: string;
  readonly retainedBytes: number | null;
}

/** What `tw cdc ls` says of a connector. */
export async function captured(name: string): Promise<CaptureRow> {
  const { output, errors } = await tw('cdc', 'ls', '--json');
  if (output === '') throw new Error(errors);
  const row = (JSON.parse(output) as CaptureRow[]).find((it) => it.name === name);
  expect(row, output).toBeDefined();
  return row as CaptureRow;
}
