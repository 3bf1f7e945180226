import type { QueryResolvers } from '../../generated/graphql.js';
import { orQueueUnavailable } from '../queueUnavailable.js';

export const outboxLag: NonNullable<QueryResolvers['outboxLag']> = (_parent, _args, { app }) =>
  orQueueUnavailable(app.readLag());
