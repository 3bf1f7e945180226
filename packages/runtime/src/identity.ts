import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ClientInfo, SERVICES, type ServiceName, type Viewer } from './viewer.js';

/** Name of the header that carries the signed identity from the gateway or a service to a subgraph. */
export const IDENTITY_HEADER = 'x-souk-identity';
/** How far the clocks of two services may differ, and how long a signed call may be under way, in milliseconds. */
export const IDENTITY_WINDOW_MS = 30_000;

interface Claims {
  readonly iss: ServiceName;
  readonly aud: ServiceName;
  readonly iat: number;
  readonly jti: string;
  readonly viewer: Viewer;
  readonly client?: ClientInfo | undefined;
}

const keys = new Map<string, Buffer>();

/** Each pair of services signs with a key of its own, so that a signature made for one is worth nothing at another. */
function pairKey(secret: string, from: ServiceName, to: ServiceName): Buffer {
  const id = `${from}>${to}:${secret}`;
  let key = keys.get(id);
  if (!key) {
    key = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'hex'), 'souk-identity', `${from}>${to}`, 32));
    keys.set(id, key);
  }
  return key;
}

const process_ = randomBytes(9).toString('base64url');
let signed = 0;

/**
 * Signs who is calling whom, on whose behalf, when, and the exact body (HMAC-SHA-256). The result is the value of
 * `IDENTITY_HEADER`. Only the gateway can speak for users; a service speaks for itself.
 */
export function signIdentity(o: {
  secret: string;
  from: ServiceName;
  to: ServiceName;
  viewer?: Viewer;
  client?: ClientInfo | undefined;
  body: string | Buffer;
  now?: number;
}): string {
  signed += 1;
  const claims: Claims = {
    iss: o.from,
    aud: o.to,
    iat: o.now ?? Date.now(),
    jti: `${process_}${signed.toString(36)}`,
    viewer: o.viewer ?? serviceViewer(o.from),
    client: o.client,
  };
  const part = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${part}.${mac(pairKey(o.secret, o.from, o.to), part, o.body).toString('base64url')}`;
}

function mac(key: Buffer, part: string, body: string | Buffer): Buffer {
  return createHmac('sha256', key).update(part).update('\n').update(body).digest();
}

function serviceViewer(service: ServiceName): Viewer {
  return { kind: 'service', service, scopes: ['service', `service:${service}`] };
}

export type IdentityCheck =
  | { readonly ok: true; readonly viewer: Viewer; readonly from: ServiceName; readonly client: ClientInfo }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'malformed' | 'audience' | 'signature' | 'expired' | 'replayed';
    };

/**
 * Makes the check of one service. It refuses what is unsigned, signed for another service, altered, older than
 * `IDENTITY_WINDOW_MS`, or seen before within that time.
 */
export function createIdentityVerifier(o: { secret: string; service: ServiceName }) {
  let current = new Set<string>();
  let previous = new Set<string>();
  let turnedAt = 0;

  function seenBefore(jti: string, now: number): boolean {
    if (now - turnedAt > 2 * IDENTITY_WINDOW_MS) {
      previous = now - turnedAt > 4 * IDENTITY_WINDOW_MS ? new Set() : current;
      current = new Set();
      turnedAt = now;
    }
    if (current.has(jti) || previous.has(jti)) return true;
    current.add(jti);
    return false;
  }

  return (header: string | undefined, body: string | Buffer, now: number = Date.now()): IdentityCheck => {
    if (!header) return { ok: false, reason: 'missing' };
    const dot = header.indexOf('.');
    const part = header.slice(0, dot);
    const claims = dot > 0 ? parseClaims(part) : undefined;
    if (!claims) return { ok: false, reason: 'malformed' };
    if (claims.aud !== o.service) return { ok: false, reason: 'audience' };
    const given = Buffer.from(header.slice(dot + 1), 'base64url');
    const expected = mac(pairKey(o.secret, claims.iss, o.service), part, body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return { ok: false, reason: 'signature' };
    if (Math.abs(now - claims.iat) > IDENTITY_WINDOW_MS) return { ok: false, reason: 'expired' };
    if (seenBefore(claims.jti, now)) return { ok: false, reason: 'replayed' };
    const viewer = claims.iss === 'gateway' ? claims.viewer : serviceViewer(claims.iss);
    return { ok: true, viewer, from: claims.iss, client: claims.client ?? {} };
  };
}

function parseClaims(part: string): Claims | undefined {
  try {
    const claims = JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;
    return SERVICES.includes(claims.iss) && typeof claims.iat === 'number' && typeof claims.jti === 'string'
      ? claims
      : undefined;
  } catch {
    return undefined;
  }
}
