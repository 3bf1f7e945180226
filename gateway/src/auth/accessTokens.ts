import type { Viewer } from '@souk/runtime';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { type KeySet, KeysUnavailable } from './jwks.js';
import type { VoidTokens } from './voidTokens.js';

/** What the user service writes into access tokens, and what the gateway insists on. */
export const ACCESS_TOKEN = { issuer: 'souk', audience: 'souk', type: 'at+jwt', algorithm: 'EdDSA' } as const;

/** Longer ones are refused unread; ours have about 500 characters. */
const MAX_TOKEN_LENGTH = 4_096;
const MAX_KEPT_TOKENS = 10_000;
const CLOCK_TOLERANCE_S = 5;

export type Authentication =
  | { readonly ok: true; readonly viewer: Viewer }
  | { readonly ok: false; readonly code: 'UNAUTHENTICATED' | 'DEPENDENCY_UNAVAILABLE'; readonly message: string };

/** A token that was verified. */
interface Kept {
  readonly authentication: Authentication;
  readonly userId: string;
  readonly sessionId: string;
  readonly issuedAtMs: number;
  readonly expiresAt: number;
}

const claimsShape = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  /** Seconds with a fraction, as RFC 7519 allows: rights may change and be used within one second. */
  iat: z.number(),
  exp: z.number(),
  roles: z.array(z.string()).default([]),
  scopes: z.array(z.string()).default([]),
});

const ANONYMOUS: Authentication = { ok: true, viewer: { kind: 'anonymous' } };
const INVALID: Authentication = {
  ok: false,
  code: 'UNAUTHENTICATED',
  message: 'The access token is not valid or has expired. Sign in again, or refresh the session.',
};

/**
 * Answers who sent a request, from its `Authorization` header. No header is a guest; a token that is not in order is
 * refused and never taken for a guest's, since a client that believes to be signed in would fill the wrong cart.
 * A token that was verified once costs neither cryptography nor network until it expires; one whose session was ended, or whose user's
 * rights have changed, is void at once.
 */
export function createAuthenticator(o: { keys: KeySet; voidTokens: Pick<VoidTokens, 'isVoid'>; now?: () => number }) {
  const now = o.now ?? Date.now;
  const kept = new Map<string, Kept>();

  function recall(token: string): Authentication | undefined {
    const found = kept.get(token);
    if (!found) return undefined;
    kept.delete(token);
    if (found.expiresAt <= now() || o.voidTokens.isVoid(found)) return INVALID;
    kept.set(token, found); // to the young end: the map's order is the order of use
    return found.authentication;
  }

  function keep(token: string, one: Kept): void {
    if (kept.size >= MAX_KEPT_TOKENS) kept.delete(kept.keys().next().value as string);
    kept.set(token, one);
  }

  async function verify(token: string): Promise<Authentication> {
    try {
      const { payload } = await jwtVerify(token, o.keys.getKey, {
        algorithms: [ACCESS_TOKEN.algorithm],
        issuer: ACCESS_TOKEN.issuer,
        audience: ACCESS_TOKEN.audience,
        typ: ACCESS_TOKEN.type,
        requiredClaims: ['exp', 'iat', 'sub', 'sid'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(now()),
      });
      const claims = claimsShape.parse(payload);
      const authentication: Authentication = {
        ok: true,
        viewer: {
          kind: 'user',
          userId: claims.sub,
          sessionId: claims.sid,
          roles: claims.roles,
          scopes: claims.scopes.filter((scope) => !isServiceScope(scope)),
        },
      };
      const one: Kept = {
        authentication,
        userId: claims.sub,
        sessionId: claims.sid,
        issuedAtMs: Math.round(claims.iat * 1_000),
        expiresAt: claims.exp * 1_000 + CLOCK_TOLERANCE_S * 1_000,
      };
      if (o.voidTokens.isVoid(one)) return INVALID;
      keep(token, one);
      return authentication;
    } catch (error) {
      if (error instanceof KeysUnavailable) {
        return {
          ok: false,
          code: 'DEPENDENCY_UNAVAILABLE',
          message: 'Sessions cannot be verified right now. Try again in a moment.',
        };
      }
      return INVALID;
    }
  }

  return (header: string | undefined): Authentication | Promise<Authentication> => {
    if (header === undefined || header === '') return ANONYMOUS;
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+) *$/i.exec(header)?.[1];
    if (!token || token.length > MAX_TOKEN_LENGTH) return INVALID;
    return recall(token) ?? verify(token);
  };
}

/** Scopes that only services have; a token of a person never carries them, whatever was signed. */
function isServiceScope(scope: string): boolean {
  return scope === 'service' || scope.startsWith('service:');
}
