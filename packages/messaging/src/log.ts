import type { Message } from './message.ts';

export interface TopicSpec {
  readonly name: string;
  /** Default 12. Never changed in place: keys would move. */
  readonly partitions?: number;
  readonly replicationFactor?: number;
  /** Broker settings of the topic, e.g. `{ 'retention.ms': '-1' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Offset by partition. */
export type Offsets = Map<number, bigint>;

/**
 * What a replay needs of a broker that keeps its messages. Kafka and the in-memory broker offer it, queues don't.
 * All reject with TOPIC_UNKNOWN for a topic that does not exist, and with BROKER_UNAVAILABLE (retryable).
 */
export interface Log {
  /** Per partition the offset that the next message will get. */
  endOffsets(topic: string): Promise<Offsets>;
  /** Per partition the oldest offset still kept. */
  beginningOffsets(topic: string): Promise<Offsets>;
  /** Per partition the first offset at or after a time (epoch ms); the end offset where there is none. */
  offsetsAt(topic: string, epochMs: number): Promise<Offsets>;
  /** Moves a group's committed positions. Rejects with GROUP_ACTIVE while the group has members. */
  setGroupOffsets(group: string, topic: string, offsets: ReadonlyMap<number, bigint>): Promise<void>;
  /** Committed positions: the next offset to read. Partitions without one are left out. */
  groupOffsets(group: string, topic: string): Promise<Offsets>;
  /** Forgets a group; one that does not exist is fine. Rejects with GROUP_ACTIVE while it has members. */
  deleteGroup(group: string): Promise<void>;
  /** Creates the topic unless it exists; an existing one is left as it is. */
  ensureTopic(spec: TopicSpec): Promise<void>;
  /**
   * Messages with `from` <= offset < `to` of one partition, in order, in batches; belongs to no group. Starts at the
   * oldest kept message if that is later. `to` should be at most the end offset, else it waits for messages to come.
   */
  read(topic: string, partition: number, from: bigint, to: bigint): AsyncIterable<Message[]>;
}
