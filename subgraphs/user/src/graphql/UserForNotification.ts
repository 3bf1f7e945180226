import type { UserForNotificationResolvers } from '../generated/graphql.js';

export const UserForNotification: UserForNotificationResolvers = {
  emailConfirmationToken: ({ confirmationToken }) => confirmationToken(),
  passwordResetToken: ({ passwordResetToken }) => passwordResetToken(),
  emailChange: async (_account, { id, isConfirmed }, { app }) => (await app.emailChangeMail(id, isConfirmed)) ?? null,
};
