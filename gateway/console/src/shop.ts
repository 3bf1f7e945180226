import type { Fetcher } from '@graphiql/toolkit';
import { createMemory } from './memory.js';
import type { Operation } from './operation.js';
import { type Filled, fillPlaceholders, type Sources } from './placeholders.js';
import { createSession, type Post } from './session.js';
import { createStore } from './store.js';

const ENDPOINT = '/graphql';

/** How the last request went, for the line below the answer. */
export interface LastAnswer {
  readonly status: number;
  readonly ms: number;
  readonly requestId: string | null;
  /** Statements that all services sent to their stores; told outside production. */
  readonly statements: string | null;
}

export interface DemoAccount {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

export const lastAnswer = createStore<LastAnswer | undefined>(undefined);
export const demoAccounts = createStore<readonly DemoAccount[]>([]);
/** Placeholders that the operation opened last still needs. */
export const missing = createStore<readonly string[]>([]);

const memory = createMemory();

async function send(body: object, headers: Record<string, string>) {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { response, answer: (await response.json()) as Awaited<ReturnType<Post>> };
}

const post: Post = async (query, variables, authorization) =>
  (await send({ query, variables }, authorization ? { authorization } : {})).answer;

export const session = createSession({ post, storage: sessionStorage });

const sources: Sources = {
  memory,
  ask: async (query) => (await post(query, {}, await session.authorization())).data,
  refreshToken: () => session.current()?.refreshToken,
  demoAccount: () => demoAccounts.get().find(({ role }) => role === 'customer') ?? demoAccounts.get()[0],
  unique: () => Math.random().toString(36).slice(2, 10),
};

/** The variables of an operation, filled in from the running shop. */
export async function variablesOf(operation: Operation): Promise<Filled> {
  const filled = await fillPlaceholders(operation.variables, sources);
  missing.set(filled.missing);
  return filled;
}

/**
 * GraphiQL's way to the endpoint: with the session's token unless the headers editor has one, renewed once when it is
 * refused, and with placeholders that are still in the variables filled in as of now.
 */
export const fetcher: Fetcher = async (params, options) => {
  const filled = await fillPlaceholders((params.variables ?? {}) as Record<string, unknown>, sources);
  if (filled.missing.length > 0) {
    throw new Error(
      `Nothing is known yet for ${filled.missing.join(', ')}: run an operation that answers it, or type a value.`,
    );
  }
  const body = { query: params.query, operationName: params.operationName, variables: filled.variables };
  const given = Object.fromEntries(
    Object.entries(options?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const attempt = async () => {
    const authorization = given.authorization ?? (await session.authorization());
    return send(body, { ...given, ...(authorization ? { authorization } : {}) });
  };
  const started = performance.now();
  let result = await attempt();
  if (result.response.status === 401 && !given.authorization && session.current()) {
    await session.renew();
    result = await attempt();
  }
  const { response, answer } = result;
  if (params.operationName !== 'IntrospectionQuery') {
    memory.remember(answer.data);
    lastAnswer.set({
      status: response.status,
      ms: Math.round(performance.now() - started),
      requestId: response.headers.get('x-request-id'),
      statements: response.headers.get('x-souk-statements'),
    });
  }
  return answer as Awaited<ReturnType<Fetcher>>;
};

/** Demo accounts are told by development gateways only. */
export async function loadDemoAccounts(): Promise<void> {
  const response = await fetch('/console/accounts.json');
  if (response.ok) demoAccounts.set((await response.json()) as DemoAccount[]);
}
