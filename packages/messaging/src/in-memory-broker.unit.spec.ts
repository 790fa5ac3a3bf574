import { brokerConformance } from './conformance.ts';
import { createInMemoryCluster } from './in-memory-broker.ts';
import { logConformance } from './log-conformance.ts';

function underTest(partitions: number) {
  const cluster = createInMemoryCluster();
  return {
    connect: (options = {}) => cluster.connect(options),
    newTopic: async () => {
      await cluster.connect().ensureTopic({ name: 'topic', partitions });
      return 'topic';
    },
  };
}

brokerConformance('the in-memory broker', () => underTest(12));
logConformance('the in-memory broker', () => underTest(3));
