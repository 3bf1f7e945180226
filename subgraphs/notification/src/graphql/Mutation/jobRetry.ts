import type { MutationResolvers } from '../../generated/graphql.js';
import { accepted, refused } from '../accepted.js';
import { orQueueUnavailable } from '../queueUnavailable.js';

export const jobRetry: NonNullable<MutationResolvers['jobRetry']> = async (_parent, { id }, { app }) => {
  switch (await orQueueUnavailable(app.retryJob(id))) {
    case 'retried':
      return accepted;
    case 'not-parked':
      return refused('CONFLICT', 'This job is not parked: it is waiting, running or done.');
    case 'not-found':
      return refused('NOT_FOUND', 'There is no job with this id.');
  }
};
