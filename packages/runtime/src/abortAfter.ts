import { EventEmitter } from 'node:events';

/**
 * Does something within `ms`; afterwards it is given up with a rejection that says so, and aborted if it listens to the signal (undici's
 * requests do). The signal is a plain emitter: an AbortSignal with its timer costs as much as the rest of a short call.
 */
export function abortAfter<T>(ms: number, work: (signal: EventEmitter) => Promise<T>): Promise<T> {
  const signal = new EventEmitter();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${ms} ms`));
      signal.emit('abort');
    }, ms);
    work(signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
