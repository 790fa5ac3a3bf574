import { readFile } from 'node:fs/promises';
import { storeConformance } from './conformance.ts';
import { opened } from './conformance/opened.ts';

const addresses = async () => {
  const text = await readFile(process.env['TW_TEST_ENDPOINTS'] ?? '', 'utf8');
  const { redis, cassandra, opensearch } = JSON.parse(text) as Record<'redis' | 'cassandra' | 'opensearch', string>;
  return { REDIS_URL: redis, CASSANDRA_CONTACT_POINTS: cassandra, OPENSEARCH_URL: opensearch };
};

storeConformance({
  kind: 'cassandra',
  refuses: 'range',
  open: async (database) => opened(database, await addresses()),
});

storeConformance({
  kind: 'redis+cassandra',
  refuses: 'range',
  open: async (database) => opened(database, await addresses()),
});

storeConformance({
  kind: 'opensearch',
  refuses: 'range',
  open: async (database) => opened(database, await addresses()),
});
