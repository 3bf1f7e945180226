import { createHmac } from 'node:crypto';
import { sameSecret } from '../core/sameSecret.js';

const LIVES_SECONDS = 32_400;

/** An access token that this and every later process with the same secret accepts until it is over. */
export function issueToken(secret: string, nowMs: number): { token: string; expiresIn: number } {
  const until = Math.floor(nowMs / 1_000) + LIVES_SECONDS;
  return { token: `A21AA${until}.${seal(secret, until)}`, expiresIn: LIVES_SECONDS };
}

export function acceptsToken(secret: string, authorization: string | undefined, nowMs: number): boolean {
  const match = /^Bearer A21AA(\d{1,12})\.([\w-]+)$/.exec(authorization ?? '');
  if (match === null) return false;
  const until = Number(match[1]);
  return until * 1_000 > nowMs && sameSecret(match[2] ?? '', seal(secret, until));
}

const seal = (secret: string, until: number): string =>
  createHmac('sha256', secret).update(`token ${until}`).digest('base64url');
