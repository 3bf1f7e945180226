import type { Form } from '../core/form.js';
import { sameSecret } from '../core/sameSecret.js';
import { invalidRequest, StripeFailure } from './failure.js';

/** Who calls: the shop's server, or a shopper's browser. */
export type Caller = 'secret' | 'publishable';

/**
 * Accepts the configured secret key, and a publishable key (the configured one, or any `pk_test_…` when none is
 * configured), as bearer token, as Basic user name, or (publishable only) as parameter `key`. Throws 401.
 */
export function authenticate(
  authorization: string | undefined,
  params: Form,
  keys: { readonly secretKey: string; readonly publishableKey?: string | undefined },
): Caller {
  const key = keyOf(authorization) ?? (typeof params.key === 'string' ? params.key : undefined);
  if (key === undefined) {
    throw new StripeFailure(401, {
      message:
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
      type: 'invalid_request_error',
    });
  }
  if (sameSecret(key, keys.secretKey)) return 'secret';
  if (keys.publishableKey === undefined ? key.startsWith('pk_test_') : sameSecret(key, keys.publishableKey)) {
    return 'publishable';
  }
  throw new StripeFailure(401, {
    message: `Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}`,
    type: 'invalid_request_error',
  });
}

/** 403 for calls that only the shop's server may make. */
export function requireSecretKey(caller: Caller): void {
  if (caller === 'secret') return;
  throw invalidRequest(
    'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
    { code: 'secret_key_required', status: 403 },
  );
}

function keyOf(authorization: string | undefined): string | undefined {
  const [scheme, value] = (authorization ?? '').split(' ');
  if (value === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer') return value;
  if (scheme?.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString().split(':')[0];
  return undefined;
}
