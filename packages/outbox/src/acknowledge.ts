import { countStatement, newContext, runInContext, type ServiceName } from '@souk/runtime';
import { settledKey } from './names.js';
import type { RedisClient } from './redisConnection.js';

/** More than a producer can owe in a day of absence; beyond it the oldest go, and a resend makes them good. */
const MAX_UNREAD = 200_000;

/** Tells producers that their events were applied. */
export interface Acknowledger {
  /** To be called after the consumer's commit. Never fails: a lost acknowledgement means one resend. */
  acknowledge(producer: ServiceName, eventId: string): void;
  /** Resolves when what was acknowledged so far has been sent, or could not be. */
  flush(): Promise<void>;
}

/** Collects acknowledgements of one turn of the event loop into one command per producer. */
export function createAcknowledger(consumer: ServiceName, client: () => RedisClient | undefined): Acknowledger {
  let waiting = new Map<ServiceName, string[]>();
  let sending: Promise<void> = Promise.resolve();

  const send = async (): Promise<void> => {
    const batch = waiting;
    waiting = new Map();
    const redis = client();
    if (redis === undefined) return;
    for (const [producer, acknowledgements] of batch) {
      try {
        countStatement('redis');
        const unread = await redis.rPush(settledKey(producer), acknowledgements);
        if (unread > MAX_UNREAD) await redis.lTrim(settledKey(producer), -MAX_UNREAD, -1);
      } catch {
        // the producer sends these events again, and the inbox drops them
      }
    }
  };

  return {
    acknowledge(producer, eventId) {
      const text = `${eventId} ${consumer}`;
      const list = waiting.get(producer);
      if (list !== undefined) {
        list.push(text);
        return;
      }
      const first = waiting.size === 0;
      waiting.set(producer, [text]);
      if (!first) return;
      sending = new Promise((resolve) => {
        setImmediate(() => void runInContext(newContext('job', { actor: `service:${consumer}` }), send).then(resolve));
      });
    },
    flush: () => sending,
  };
}
