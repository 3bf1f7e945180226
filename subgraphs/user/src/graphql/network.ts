import { isIPv4 } from 'node:net';
import { ipv6Groups } from '@souk/runtime';

/**
 * The network that a client's address is in, as a person may recognise it: `203.0.113.0/24`, `2001:db8:17::/48`. Null for
 * text that is no address. An IPv4 address that is written as IPv6 is the IPv4 address.
 */
export function networkOf(ip: string | null): string | null {
  if (ip === null) return null;
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1] ?? ip;
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`;
  const first = ipv6Groups(ip)?.slice(0, 3);
  if (first === undefined) return null;
  while (first.at(-1) === '0') first.pop();
  return `${first.join(':')}::/48`;
}
