import type { SignIn } from '../app/sessions.js';
import type { AccountError, Result } from '../domain/accountError.js';
import type { ErrorCode } from '../generated/graphql.js';
import type { Context } from './context.js';
import { addressModels } from './models.js';

type GraphError =
  | { __typename: 'GenericError'; code: ErrorCode; message: string; field: readonly string[] | null }
  | {
      __typename: 'LoginAttemptDelayedError';
      code: ErrorCode;
      message: string;
      field: readonly string[] | null;
      retryAfterSeconds: number;
    };

/** The one place where refusals become `userErrors`. */
export function userErrors(result: Result<unknown>): GraphError[] {
  return result.ok ? [] : result.errors.map(graphError);
}

function graphError(error: AccountError): GraphError {
  const { message, field = null } = error;
  if (error.code === 'LOGIN_ATTEMPT_DELAYED') {
    const { code, retryAfterSeconds } = error;
    return { __typename: 'LoginAttemptDelayedError', code, message, field, retryAfterSeconds };
  }
  return { __typename: 'GenericError', code: error.code, message, field };
}

export function acceptedPayload(result: Result<unknown>) {
  return { accepted: result.ok, userErrors: userErrors(result) };
}

const NOT_OPEN = {
  accessToken: null,
  refreshToken: null,
  expiresIn: null,
  user: null,
  secondFactorRequired: null,
  secondFactorEnrollmentRequired: false,
};

export function sessionPayload(result: Result<SignIn>) {
  if (!result.ok) return { ...NOT_OPEN, userErrors: userErrors(result) };
  if ('challenge' in result.value) return { ...NOT_OPEN, secondFactorRequired: result.value, userErrors: [] };
  const { account, accessToken, refreshToken, expiresIn, staffRightsWithheld } = result.value;
  return {
    accessToken,
    refreshToken,
    expiresIn,
    user: { ...account, own: true as const, staffRightsWithheld },
    secondFactorRequired: null,
    secondFactorEnrollmentRequired: staffRightsWithheld && !account.secondFactor,
    userErrors: [],
  };
}

export function recoveryCodesPayload(result: Result<readonly string[]>) {
  return { recoveryCodes: result.ok ? result.value : null, userErrors: userErrors(result) };
}

/** The account as it is after a mutation; `result` carries its id. */
export async function userPayload({ accounts }: Context, result: Result<string>) {
  const user = result.ok ? await accounts.clear(result.value).load(result.value) : undefined;
  return { user: user ?? null, userErrors: userErrors(result) };
}

/** The address after a mutation, and its account; `result` carries the address's id. */
export async function addressPayload({ accounts }: Context, accountId: string, result: Result<string>) {
  if (!result.ok) return { address: null, user: null, userErrors: userErrors(result) };
  const user = await accounts.clear(accountId).load(accountId);
  const address = user && addressModels(user).find(({ entry }) => entry.id === result.value);
  return { address: address ?? null, user: user ?? null, userErrors: [] };
}
