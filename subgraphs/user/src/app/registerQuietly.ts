import { done, type Result } from '../domain/accountError.js';
import type { ProfileInput } from '../domain/profile.js';
import { type AccountLinkDeps, requestLink } from './accountLinks.js';
import { type AccountDeps, registerAccount } from './accounts.js';

/**
 * Opens an account that can sign in once its address is confirmed, and answers a taken address as it answers a new one: only who
 * reads its mail learns that there is an account, from a link for a new password. That link is also the way for the owner of an address which
 * somebody else has registered before: it confirms the address, and ends the stranger's password.
 */
export const registerQuietly =
  (deps: AccountDeps & AccountLinkDeps) =>
  async (input: ProfileInput & { email: string; password: string }): Promise<Result<null>> => {
    const result = await registerAccount(deps)(input);
    const isTaken = !result.ok && result.errors.some(({ code }) => code === 'EMAIL_TAKEN');
    if (!result.ok && !isTaken) return result;
    // The same statements for both. A new account has its link with its first mail: another one so soon is not sent.
    await requestLink(deps)(isTaken ? 'RESET_PASSWORD' : 'CONFIRM_EMAIL', input.email);
    return done(null);
  };
