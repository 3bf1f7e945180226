import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import { newId } from './ids.js';
import { counter } from './metrics.js';

export type WorkKind = 'request' | 'job' | 'relay' | 'background';
export type Store = 'postgres' | 'mongodb' | 'redis';

/** What is known about the unit of work that is being done: one request, one job, one round of a loop. */
export interface WorkContext {
  readonly kind: WorkKind;
  readonly requestId: string;
  /** W3C Trace Context header, https://www.w3.org/TR/trace-context/ */
  readonly traceparent: string;
  readonly traceId: string;
  /** The first cause: stays the same from the client's click to the mail. */
  readonly correlationId: string;
  /** The event that caused this work, when one did. */
  readonly causationId?: string | undefined;
  /** Who acts: `usr_…`, `anonymous` or `service:<name>`. */
  readonly actor: string;
  /** Statements sent to stores so far, those of called services included. */
  statements: number;
}

const storage = new AsyncLocalStorage<WorkContext>();
const statementsTotal = counter('souk_store_statements_total', 'Statements sent to stores', ['store', 'work']);

/** The context of the running unit of work, if there is one. */
export function currentContext(): WorkContext | undefined {
  return storage.getStore();
}

/** Runs `work` with `context` as the current one, in everything that it awaits or schedules too. */
export function runInContext<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}

const pool = Buffer.alloc(8_192);
let used = pool.length;

/** Hexadecimal digits for so many random bytes; the system is asked for several hundred ids at a time. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = '0'.repeat(32);
const REQUEST_ID = /^[\w.-]{8,64}$/;

/** Makes the context of a new unit of work. Parts that are not given, or not well-formed, are made anew. */
export function newContext(
  kind: WorkKind,
  parts: {
    readonly [part in 'requestId' | 'traceparent' | 'correlationId' | 'causationId' | 'actor']?: string | undefined;
  } = {},
): WorkContext {
  const inherited = parts.traceparent === undefined ? undefined : TRACEPARENT.exec(parts.traceparent)?.[1];
  const traceId = inherited && inherited !== NO_TRACE ? inherited : randomHex(16);
  const requestId = parts.requestId && REQUEST_ID.test(parts.requestId) ? parts.requestId : newId('req');
  return {
    kind,
    requestId,
    traceId,
    traceparent: `00-${traceId}-${randomHex(8)}-01`,
    correlationId: parts.correlationId ?? requestId,
    causationId: parts.causationId,
    actor: parts.actor ?? 'anonymous',
    statements: 0,
  };
}

/** Counts one statement or command sent to a store, for the current work and for the process's metrics. */
export function countStatement(store: Store): void {
  const context = storage.getStore();
  if (context) context.statements += 1;
  statementsTotal.inc({ store, work: context?.kind ?? 'background' });
}
