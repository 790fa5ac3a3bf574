import { readFile } from 'node:fs/promises';
import { storeConformance } from './conformance.ts';
import { opened } from './conformance/opened.ts';

const addresses = async () => {
  const text = await readFile(process.env['TW_TEST_ENDPOINTS'] ?? '', 'utf8');
  const { redis, cassandra } = JSON.parse(text) as { redis: string; cassandra: string };
  return { REDIS_URL: redis, CASSANDRA_CONTACT_POINTS: cassandra };
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
