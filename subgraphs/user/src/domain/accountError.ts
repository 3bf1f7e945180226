export type AccountErrorCode =
  | 'INVALID'
  | 'REQUIRED'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'LAST_ADMIN'
  | 'FORBIDDEN'
  | 'EMAIL_TAKEN'
  | 'INVALID_CREDENTIALS'
  | 'ACCOUNT_DISABLED'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REUSED'
  | 'CODE_INVALID'
  | 'PASSWORD_TOO_WEAK';

/** An expected refusal. `field` is the path of the argument that caused it. */
export type AccountError =
  | { readonly code: AccountErrorCode; readonly message: string; readonly field?: readonly string[] }
  | {
      readonly code: 'LOGIN_ATTEMPT_DELAYED';
      readonly message: string;
      readonly field?: undefined;
      readonly retryAfterSeconds: number;
    };

/** An expected refusal with its path. */
export function accountError(code: AccountErrorCode, message: string, field?: readonly string[]): AccountError {
  return field ? { code, message, field } : { code, message };
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly AccountError[] };

export const done = <T>(value: T): Result<T> => ({ ok: true, value });
export const refused = (...errors: readonly AccountError[]): { ok: false; errors: readonly AccountError[] } => ({
  ok: false,
  errors,
});
