import { newId } from '@souk/runtime';
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { AccessTokens } from '../app/ports.js';
import { scopesOf } from '../domain/roles.js';

/** What the gateway insists on. */
const ISSUER = 'souk';
const AUDIENCE = 'souk';
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';

const base64url = () => z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url');

/** An Ed25519 private key as JWK. https://www.rfc-editor.org/rfc/rfc8037 */
export const privateJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: base64url(),
  d: base64url(),
});

export type PrivateJwk = z.output<typeof privateJwk>;

/** One key, or several while keys are rotated: the first one signs, all verify. */
export const privateJwks = z
  .union([privateJwk.transform((key) => [key]), z.array(privateJwk).min(1).max(5)])
  .refine((keys) => new Set(keys.map(({ x }) => x)).size === keys.length, 'a key is named twice');

/** Signs access tokens (RFC 9068) with the first key, and shows the public halves of all under their thumbprints. */
export async function createAccessTokens(
  keys: readonly PrivateJwk[],
  lifetimeSeconds: number,
): Promise<AccessTokens & { readonly jwks: { readonly keys: readonly JWK[] } }> {
  const [first] = keys;
  if (!first) throw new Error('access tokens need a key');
  const jwks = await Promise.all(
    keys.map(async ({ kty, crv, x }): Promise<JWK & { kid: string }> => {
      const kid = await calculateJwkThumbprint({ kty, crv, x });
      return { kty, crv, x, kid, alg: ALGORITHM, use: 'sig' };
    }),
  );
  const kid = (jwks[0] as { kid: string }).kid;
  const privateKey = await importJWK(first, ALGORITHM);
  return {
    lifetimeSeconds,
    jwks: { keys: jwks },
    sign({ account, sessionId, now }) {
      const issuedAt = Math.floor(now.getTime() / 1_000);
      return (
        new SignJWT({ sid: sessionId, roles: account.roles, scopes: scopesOf(account.roles) })
          .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setSubject(account.id)
          // With a fraction: rights may change and be used within one second.
          .setIssuedAt(now.getTime() / 1_000)
          .setExpirationTime(issuedAt + lifetimeSeconds)
          .setJti(newId('tok', now))
          .sign(privateKey)
      );
    },
  };
}
