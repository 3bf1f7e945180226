import type { Provider } from './faults.js';

/** One request that a provider stand-in received, kept for tests and for the page. */
export interface ReceivedRequest {
  readonly at: string;
  readonly provider: Provider;
  readonly method: string;
  readonly path: string;
  /** 0: no answer was given. */
  readonly status: number;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
  readonly replayed: boolean;
  /** The fault that was played, if any. */
  readonly fault: string | null;
}

export interface RequestLog {
  add(request: ReceivedRequest): void;
  /** Newest first. */
  list(limit: number): ReceivedRequest[];
  clear(): void;
  /** All that were ever received by this process. */
  readonly total: number;
}

/** Keeps the last `size` requests in a ring; `onAdd` is called after each. */
export function createRequestLog(size: number, onAdd: () => void): RequestLog {
  let ring: ReceivedRequest[] = [];
  let next = 0;
  let total = 0;
  return {
    add(request) {
      ring[next] = request;
      next = (next + 1) % size;
      total += 1;
      onAdd();
    },
    list(limit) {
      return [...ring.slice(next), ...ring.slice(0, next)].reverse().slice(0, limit);
    },
    clear() {
      ring = [];
      next = 0;
      total = 0;
    },
    get total() {
      return total;
    },
  };
}
