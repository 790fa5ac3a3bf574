import { servers } from '@tradewind/testing/servers.ts';
import { storeConformance } from './conformance.ts';
import { opened } from './conformance/opened.ts';

storeConformance({ kind: 'postgres', refuses: 'range', open: (database) => opened(database, {}) });

storeConformance({
  kind: 'redis',
  refuses: 'size',
  open: async (database) => opened(database, { REDIS_URL: (await (await servers()).redis()).url }),
});
