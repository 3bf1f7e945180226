import { lookInCatalogue, lookInDatabases, lookInRedis } from '../e2e/storedTexts.js';

/**
 * Where in a shop somebody is mentioned, in whatever upper or lower case: `order.orders.email` of every table of every service, `redis: <key>`,
 * `catalogue: <collection>`. Reads everything there is.
 */
export async function whereabouts(env: Readonly<Record<string, string>>, words: readonly string[]): Promise<string[]> {
  const sought = words.map((word) => word.toLowerCase());
  const mentions = (text: string): boolean => {
    const lower = text.toLowerCase();
    return sought.some((word) => lower.includes(word));
  };
  const found = new Set<string>();
  await Promise.all([
    lookInDatabases(env, (place, text) => mentions(text) && found.add(place)),
    lookInRedis(env, (place, text) => mentions(text) && found.add(place)),
    lookInCatalogue(env, (place, text) => mentions(text) && found.add(place)),
  ]);
  return [...found].sort();
}
