import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { forbiddenAddress, forbiddenHost } from './forbidden.ts';

/** Nothing was sent, because of where it would have gone. */
export class TargetRefused extends Error {
  readonly code = 'TARGET_REFUSED';
}

/** Every address of a name. */
export type Resolve = (
  hostname: string,
  options: LookupOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export const resolveBySystem: Resolve = (hostname, options, done) =>
  systemLookup(hostname, { ...options, all: true }, done);

export interface GuardOptions {
  readonly allowPrivate: boolean;
  readonly resolve: Resolve;
  readonly timeoutMs: number;
}

type Lookup = (
  hostname: string,
  options: LookupOptions,
  done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * Connects only to addresses of the public internet. The address that was looked at is the one that is connected to: a name
 * is resolved once, here, so it can't be another one a moment later.
 */
export function guardedConnector({
  allowPrivate,
  resolve,
  timeoutMs,
}: GuardOptions): buildConnector.connector {
  const lookup: Lookup = (hostname, options, done) =>
    resolve(hostname, options, (error, addresses) => {
      if (error) return done(error, []);
      // One bad address among good ones is no accident.
      const why = allowPrivate ? undefined : firstForbidden(addresses);
      if (why !== undefined) return done(new TargetRefused(why), []);
      if (options.all === true) return done(null, addresses);
      const [first] = addresses;
      return first
        ? done(null, first.address, first.family)
        : done(new Error(`${hostname} has no address`), []);
    });
  const connect = buildConnector({ timeout: timeoutMs, lookup: lookup as never });
  return (options, callback) => {
    const refusal = allowPrivate ? undefined : refusalOf(options);
    if (refusal === undefined) connect(options, callback);
    else callback(new TargetRefused(refusal), null);
  };
}

const firstForbidden = (addresses: readonly LookupAddress[]): string | undefined =>
  addresses.map(({ address }) => forbiddenAddress(address)).find((why) => why !== undefined);

/** Sockets are not resolved when the host is an address already. */
function refusalOf({ hostname, port, protocol }: buildConnector.Options): string | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return forbiddenHost(host, number) ?? (isIP(host) === 0 ? undefined : forbiddenAddress(host));
}
