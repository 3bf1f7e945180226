import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network that a client's address is in, as a person may recognise it: `203.0.113.0/24`, `2001:db8:17::/48`. Null for
 * text that is no address. An IPv4 address that is written as IPv6 is the IPv4 address.
 */
export function networkOf(ip: string | null): string | null {
  if (ip === null) return null;
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1] ?? ip;
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(ip)) return null;
  const [head = '', tail] = (ip.split('%')[0] as string).toLowerCase().split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  // An IPv4 address at the end takes the place of two groups.
  const missing = tail === undefined ? 0 : 8 - front.length - back.length - (back.at(-1)?.includes('.') ? 1 : 0);
  const all = [...front, ...Array<string>(missing).fill('0'), ...back];
  const first = all.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  while (first.at(-1) === '0') first.pop();
  return `${first.join(':')}::/48`;
}
