import { deadLetters, topics } from '#generated/topics.ts';

/** A topic as it is to be created; the replication factor is the environment's choice. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Every topic of schemas/topics.yaml, with the defaults filled in. */
export function loadTopics(): readonly TopicSpec[] {
  return topics;
}

/** The dead letters of one consumer, `dlq.<consumer>`; created when the consumer starts. */
export function deadLetterTopic(consumer: string): TopicSpec {
  return { ...deadLetters, name: deadLetters.name.replace('<consumer>', consumer) };
}
