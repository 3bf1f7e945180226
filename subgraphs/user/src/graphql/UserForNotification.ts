import type { UserForNotificationResolvers } from '../generated/graphql.js';

export const UserForNotification: UserForNotificationResolvers = {
  emailConfirmationToken: ({ confirmationToken }) => confirmationToken(),
  passwordResetToken: ({ passwordResetToken }) => passwordResetToken(),
};
