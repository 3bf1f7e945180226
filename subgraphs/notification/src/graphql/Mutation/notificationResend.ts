import type { MutationResolvers } from '../../generated/graphql.js';
import { accepted, refused } from '../accepted.js';

export const notificationResend: NonNullable<MutationResolvers['notificationResend']> = async (
  _parent,
  { id },
  { app },
) => {
  switch (await app.resendNotification(id)) {
    case 'queued':
      return accepted;
    case 'still-queued':
      return refused('CONFLICT', 'This notification is still being sent.');
    case 'not-found':
      return refused('NOT_FOUND', 'There is no notification with this id.');
  }
};
