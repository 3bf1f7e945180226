import type { EventEmitter } from 'node:events';
import { Pool } from 'undici';
import { abortAfter } from './abortAfter.js';
import { IDENTITY_HEADER } from './identity.js';
import { nearby, type SubgraphAnswer, type SubgraphRequest } from './nearby.js';
import { STATEMENTS_HEADER } from './statementsHeader.js';

export interface SubgraphConnection {
  /** Sends a request, which must be signed for the subgraph. Rejects when it breaks, or is not answered in time. */
  exchange(request: SubgraphRequest, timeoutMs: number): Promise<SubgraphAnswer>;
  close(): Promise<void>;
}

/** Connects to a subgraph: over kept connections, or directly when this process serves it itself. */
export function connectSubgraph(
  url: string,
  options: { readonly connections: number; readonly keepAliveMs: number },
): SubgraphConnection {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, {
    connections: options.connections,
    keepAliveTimeout: options.keepAliveMs,
    keepAliveMaxTimeout: options.keepAliveMs,
  });

  async function overNetwork(request: SubgraphRequest, signal: EventEmitter): Promise<SubgraphAnswer> {
    const response = await pool.request({
      path: pathname,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [IDENTITY_HEADER]: request.identity,
        ...(request.requestId === undefined ? {} : { 'x-request-id': request.requestId }),
        ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
      },
      body: request.body,
      signal,
    });
    return {
      status: response.statusCode,
      answer: await response.body.json(),
      statements: Number(response.headers[STATEMENTS_HEADER] ?? 0),
    };
  }

  return {
    exchange: (request, timeoutMs) =>
      abortAfter(timeoutMs, async (signal) => nearby(origin)?.(request) ?? overNetwork(request, signal)),
    close: () => pool.close(),
  };
}
