import { ClientError } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';

export const verifiedEmail: NonNullable<QueryResolvers['verifiedEmail']> = async (
  _parent,
  { userId },
  { app, viewer },
) => {
  if (viewer.kind !== 'service' || viewer.service !== 'order') {
    throw new ClientError('FORBIDDEN', 'Only the order service may ask this.');
  }
  return app.verifiedEmail(userId);
};
