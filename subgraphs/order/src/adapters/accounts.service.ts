import type { ServiceClient } from '@souk/runtime';
import type { Accounts } from '../app/ports.js';

const DOCUMENT = 'query VerifiedEmail($userId: ID!) { verifiedEmail(userId: $userId) }';
const TIMEOUT_MS = 3_000;

/** The user service's accounts, called as a service. */
export const createAccounts = (client: ServiceClient): Accounts => ({
  async verifiedEmail(userId) {
    const { verifiedEmail } = await client.request<{ verifiedEmail: string | null }>(
      DOCUMENT,
      { userId },
      { timeoutMs: TIMEOUT_MS },
    );
    return verifiedEmail;
  },
});
