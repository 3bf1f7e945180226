import { ClientError, MAX_PAGE_SIZE } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';
import { orQueueUnavailable } from '../queueUnavailable.js';

export const jobs: NonNullable<QueryResolvers['jobs']> = (_parent, { queue, state, first }, { app }) => {
  const size = first ?? 20;
  if (size < 1 || size > MAX_PAGE_SIZE)
    throw new ClientError('BAD_USER_INPUT', `first must be between 1 and ${MAX_PAGE_SIZE}.`);
  return orQueueUnavailable(app.listJobs({ queue: queue ?? undefined, state: state ?? undefined, first: size }));
};
