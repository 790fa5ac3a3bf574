import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { UsageError } from '#arguments.ts';
import { places } from '#places.ts';
import { requestToken } from '#token.ts';
import { readEndpoints } from '#up/endpoints.ts';

export default defineCommand({
  meta: { name: 'token', description: 'Prints a signed JWT for the local stack' },
  args: {
    sub: { type: 'string', default: 'USER-9', description: 'whose token' },
    roles: {
      type: 'string',
      default: 'CUSTOMER',
      description: 'CUSTOMER, MERCHANT, ADMIN, SERVICE, DEVICE; comma list',
    },
    store: { type: 'string', default: 'STORE-1', description: 'tenant' },
    segment: { type: 'string', description: 'whose prices a customer gets; theirs, unless said' },
    ttl: { type: 'string', description: 'seconds' },
  },
  async run({ args }) {
    const endpoints = await readEndpoints(places().home);
    if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
    const ttl = args.ttl === undefined ? undefined : Number(args.ttl);
    if (ttl !== undefined && !(Number.isInteger(ttl) && ttl > 0))
      throw new UsageError(`--ttl ${args.ttl} is not a number`);
    const roles = args.roles
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== '');
    const request = {
      sub: args.sub,
      roles,
      storeId: args.store,
      ...(args.segment === undefined ? {} : { segment: args.segment }),
      ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
    };
    console.log(
      await requestToken(endpoints.services['identity'] ?? endpoints.gateway, endpoints.serviceKey, request),
    );
  },
});
