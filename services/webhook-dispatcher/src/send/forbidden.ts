import ipaddr from 'ipaddr.js';

/** Names of the inside, whatever they lead to. */
const INSIDE = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|home\.arpa)\.?$/i;
/** Where other protocols listen: a request could be read as one of theirs. */
const FOREIGN_PORTS = new Set([
  ...[1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 87, 95, 101, 102, 103, 104],
  ...[109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514],
  ...[515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723],
  ...[1883, 2049, 2379, 2380, 3306, 3659, 4045, 4190, 4369, 5060, 5061, 5432, 5672, 6000, 6379, 6566, 6665],
  ...[6666, 6667, 6668, 6669, 6679, 6697, 8883, 9042, 9092, 10080, 10250, 11211, 27017],
]);
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why nothing may be sent to an address, undefined where it may: only addresses of the public internet are allowed. What
 * an IPv6 address carries inside (compatible, NAT64, 6to4, Teredo) is refused whatever it is; a mapped one is the IPv4
 * address that it is connected to. Pure.
 */
export function forbiddenAddress(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return `${address} is no address`;
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range !== 'unicast') return `${address} is not public (${range})`;
  // The table above knows no compatible addresses (::127.0.0.1), and whatever is given out next is not ours to try.
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_IPV6))
    return `${address} is not public (unassigned)`;
  return undefined;
}

/** The same for what can be told before a name is resolved. Pure. */
export function forbiddenHost(host: string, port: number): string | undefined {
  if (FOREIGN_PORTS.has(port)) return `port ${port} belongs to another protocol`;
  if (INSIDE.test(host)) return `${host} is a name of the inside`;
  return undefined;
}
