import type { Resolvers } from '../generated/graphql.js';
import { Job } from './Job.js';
import { jobRetry } from './Mutation/jobRetry.js';
import { notificationResend } from './Mutation/notificationResend.js';
import { Notification } from './Notification.js';
import { Order } from './Order.js';
import { OutboxLag } from './OutboxLag.js';
import { jobs } from './Query/jobs.js';
import { outboxLag } from './Query/outboxLag.js';

/** Every resolver of this subgraph. */
export const resolvers: Resolvers = {
  Query: { jobs, outboxLag },
  Mutation: { notificationResend, jobRetry },
  Order,
  Notification,
  Job,
  OutboxLag,
};
