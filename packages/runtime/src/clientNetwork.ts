import { isIPv6 } from 'node:net';

/**
 * The eight groups of an IPv6 address, in lower case and without leading zeros; undefined for any other text. An IPv4 address at its
 * end is its last two groups.
 */
export function ipv6Groups(address: string): string[] | undefined {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return undefined;
  const [front = [], back = []] = bare
    .split('::')
    .map((half) => half.split(':').flatMap((group) => (group === '' ? [] : groupsOf(group))));
  return [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
}

function groupsOf(text: string): string[] {
  if (!text.includes('.')) return [Number.parseInt(text, 16).toString(16)];
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16));
}

/**
 * What counts as one client where addresses are counted: an IPv4 address, however it is written, or the /64 network of an IPv6 address,
 * of which a single client has 2^64.
 */
export function clientNetwork(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  return mapped ?? ipv6Groups(address)?.slice(0, 4).join(':') ?? address;
}
