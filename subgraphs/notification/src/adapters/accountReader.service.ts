import type { ServiceClient } from '@souk/runtime';
import type { AccountReader } from '../app/ports.js';

const DOCUMENT = `query UserForNotification($id: ID!, $confirm: Boolean!, $reset: Boolean!, $changes: Boolean!, $changeId: ID!, $changed: Boolean!) {
  userForNotification(id: $id) {
    id email firstName locale isActive
    emailConfirmationToken @include(if: $confirm)
    passwordResetToken @include(if: $reset)
    emailChange(id: $changeId, isConfirmed: $changed) @include(if: $changes) { email token }
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
    emailChange?: { email: string; token: string | null } | null;
  } | null;
}

/** Reads an account from the user service, with a new token for the link that is asked for and no other. */
export const createAccountReader =
  (client: Pick<ServiceClient, 'request'>): AccountReader =>
  async (id, link, emailChangeId) => {
    const changed = link === 'UNDO_EMAIL_CHANGE';
    const { userForNotification: user } = await client.request<Answer>(DOCUMENT, {
      id,
      confirm: link === 'CONFIRM_EMAIL',
      reset: link === 'RESET_PASSWORD',
      changes: link === 'CHANGE_EMAIL' || changed,
      changeId: emailChangeId ?? '',
      changed,
    });
    if (user === null) return undefined;
    const { email, firstName, isActive, emailConfirmationToken, passwordResetToken, emailChange } = user;
    return {
      id: user.id,
      email: emailChange?.email ?? email,
      firstName,
      isActive,
      locale: user.locale ?? 'en',
      token: emailConfirmationToken ?? passwordResetToken ?? emailChange?.token ?? null,
      addressTaken: emailChange?.token === null,
    };
  };
