import { signIdentity, type Viewer } from '@souk/runtime';
import type { Shop } from '../e2e/shop.js';

export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return (await response.json()) as Answer;
}

/** Asks the public endpoint as whoever has this access token; without one as a guest. */
export function askGateway(shop: Shop, token: string | undefined, query: string, variables: object): Promise<Answer> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return post(String(shop.urls.graphql), JSON.stringify({ query, variables }), headers);
}

/** Asks one subgraph on behalf of a viewer, signed as the gateway signs. */
export function askSubgraph(
  shop: Shop,
  service: string,
  viewer: Viewer,
  query: string,
  variables: object,
): Promise<Answer> {
  const body = JSON.stringify({ query, variables });
  const secret = String(shop.env.IDENTITY_SECRET);
  const identity = signIdentity({ secret, from: 'gateway', to: service as 'order', viewer, body });
  return post(`${shop.urls[service]}/graphql`, body, { 'x-souk-identity': identity });
}

export const codesOf = ({ errors }: Answer): string[] =>
  (errors ?? []).map(({ extensions }) => String(extensions?.code));

/** What a root field of an answer came to, in the words of the matrix. */
export function outcomeIn(answer: Answer, field: string): string | null {
  const [code] = codesOf(answer);
  if (code !== undefined) return code;
  const value = answer.data?.[field] as { userErrors?: { code: string }[] } | null | undefined;
  if (value === null || value === undefined) return null;
  return value.userErrors?.[0]?.code ?? 'allowed';
}

const IN_FLIGHT = 8;

/** Runs work for each item, a few at a time; results in the items' order. */
export async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const take = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, take));
  return results;
}
