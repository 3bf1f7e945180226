import { ClientError } from '@souk/runtime';

/** Tells the client that the queues cannot be reached, instead of that something is wrong with the request. */
export const orQueueUnavailable = <T>(work: Promise<T>): Promise<T> =>
  work.catch(() => {
    throw new ClientError(
      'DEPENDENCY_UNAVAILABLE',
      'The queues cannot be reached right now. Events wait and are not lost.',
    );
  });
