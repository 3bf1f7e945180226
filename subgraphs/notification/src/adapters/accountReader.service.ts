import type { ServiceClient } from '@souk/runtime';
import type { AccountReader } from '../app/ports.js';

const DOCUMENT = `query UserForNotification($id: ID!, $confirm: Boolean!, $reset: Boolean!) {
  userForNotification(id: $id) {
    id email firstName locale isActive
    emailConfirmationToken @include(if: $confirm)
    passwordResetToken @include(if: $reset)
  }
}`;

interface Answer {
  userForNotification: {
    id: string;
    email: string;
    firstName: string | null;
    locale: string | null;
    isActive: boolean;
    emailConfirmationToken?: string | null;
    passwordResetToken?: string | null;
  } | null;
}

/** Reads an account from the user service, with a new token for the link that is asked for and no other. */
export const createAccountReader =
  (client: Pick<ServiceClient, 'request'>): AccountReader =>
  async (id, link) => {
    const variables = { id, confirm: link === 'CONFIRM_EMAIL', reset: link === 'RESET_PASSWORD' };
    const { userForNotification: user } = await client.request<Answer>(DOCUMENT, variables);
    if (user === null) return undefined;
    const { email, firstName, isActive, emailConfirmationToken, passwordResetToken } = user;
    return {
      id: user.id,
      email,
      firstName,
      isActive,
      locale: user.locale ?? 'en',
      token: emailConfirmationToken ?? passwordResetToken ?? null,
    };
  };
