import { EventEmitter } from 'node:events';

/**
 * Does something that can be aborted (a request of undici's) within `ms`; afterwards it is aborted, and the answer is a rejection that says
 * so. The signal is a plain emitter: an AbortSignal with its timer costs as much as the rest of a short call.
 */
export async function abortAfter<T>(ms: number, work: (signal: EventEmitter) => Promise<T>): Promise<T> {
  const signal = new EventEmitter();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    signal.emit('abort');
  }, ms);
  try {
    return await work(signal);
  } catch (error) {
    throw isLate ? new Error(`no answer within ${ms} ms`) : error;
  } finally {
    clearTimeout(timer);
  }
}
