import { servers } from '@tradewind/testing/servers.ts';
import { storeConformance } from './conformance.ts';
import { opened } from './conformance/opened.ts';

const addresses = async () => {
  const all = await servers();
  const [{ url }, { contactPoint, dataCenter }] = await Promise.all([all.redis(), all.cassandra()]);
  return { REDIS_URL: url, CASSANDRA_CONTACT_POINTS: contactPoint, CASSANDRA_LOCAL_DC: dataCenter };
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
  open: async (database) => opened(database, { OPENSEARCH_URL: (await (await servers()).opensearch()).url }),
});
