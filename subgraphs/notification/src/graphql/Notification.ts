import type { NotificationResolvers } from '../generated/graphql.js';

export const Notification: NotificationResolvers = {
  to: ({ recipient }) => recipient,
};
