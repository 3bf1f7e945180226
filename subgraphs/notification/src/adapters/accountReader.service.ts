import type { ServiceClient } from '@souk/runtime';
import type { AccountReader } from '../app/ports.js';

const DOCUMENT = `query UserForNotification($id: ID!) {
  userForNotification(id: $id) { id email firstName locale isActive emailConfirmationToken }
}`;

interface Answer {
  userForNotification: {
    id: string;
    email: string;
    firstName: string | null;
    locale: string | null;
    isActive: boolean;
    emailConfirmationToken: string | null;
  } | null;
}

/** Reads an account from the user service, which makes a new confirmation token for it. */
export const createAccountReader =
  (client: Pick<ServiceClient, 'request'>): AccountReader =>
  async (id) => {
    const { userForNotification: user } = await client.request<Answer>(DOCUMENT, { id });
    if (user === null) return undefined;
    const { email, firstName, isActive, emailConfirmationToken } = user;
    return {
      id: user.id,
      email,
      firstName,
      isActive,
      locale: user.locale ?? 'en',
      confirmationToken: emailConfirmationToken,
    };
  };
