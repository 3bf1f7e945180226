import { ClientError } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';

export const userForNotification: NonNullable<QueryResolvers['userForNotification']> = async (
  _parent,
  { id },
  { app, viewer },
) => {
  if (viewer.kind !== 'service' || viewer.service !== 'notification') {
    throw new ClientError('FORBIDDEN', 'Only the notification service may ask this.');
  }
  return (await app.accountForNotification(id)) ?? null;
};
