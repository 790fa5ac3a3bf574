import type { KafkaMessage } from 'kafkajs';
import { type ClientOptions, createClient } from './client.ts';

interface FetchRequest {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: {
    topic: string;
    partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
  }[];
}

interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: (KafkaMessage & { readonly isControlRecord?: boolean })[];
}

interface Node {
  fetch(request: FetchRequest): Promise<{ responses: { partitions: FetchedPartition[] }[] }>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
  }): Promise<unknown>;
}

/** The part of kafkajs's internal Cluster that is used here: reading and committing without being in a group. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<Node>;
  findGroupCoordinator(group: { groupId: string }): Promise<Node>;
}

const CREATE_CLUSTER = 'private:Kafka:createCluster';
export const READ_COMMITTED = 1;

/**
 * A connection below kafkajs's public API, which offers no read and no commit outside a group's membership (its own
 * `setOffsets` joins the group and takes five seconds). Its version is pinned, and the log's conformance tests cover this.
 */
export async function openCluster(options: ClientOptions): Promise<Cluster> {
  const client = createClient(options) as unknown as Record<symbol, (options: object) => Cluster>;
  const symbol = Object.getOwnPropertySymbols(client).find(
    ({ description }) => description === CREATE_CLUSTER,
  );
  if (symbol === undefined) throw new Error(`kafkajs has no ${CREATE_CLUSTER}: another version than 2.2.4?`);
  const cluster = client[symbol]!({ allowAutoTopicCreation: false, isolationLevel: READ_COMMITTED });
  await cluster.connect();
  return cluster;
}
