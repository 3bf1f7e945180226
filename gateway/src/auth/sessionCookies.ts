import type { FastifyRequest } from 'fastify';

/** What a browser client sends with each request of a session that lives in cookies. No form and no link can send it. */
export const SESSION_HEADER = 'x-souk-session';

/** Cookies have no say about how long a session lasts, the user service does; browsers keep none longer than this. */
const REFRESH_MAX_AGE_S = 400 * 86_400;
const MAX_COOKIES_LENGTH = 16_384;
/** Tokens as they are issued: parts of base64url. Anything else in the cookie is nobody's token. */
const TOKEN = /^[\w.-]{1,4096}$/;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** The cookies of one request, and those that its answer sets. */
export interface CookieSession {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
  /** `set-cookie` values of the answer. */
  readonly answer: string[];
  /** The answer begins or continues a session. */
  keep(tokens: { accessToken: string; refreshToken: string; expiresInSeconds: number }): void;
  /** The answer ends the session. */
  clear(): void;
}

export type CookieReading =
  | { readonly ok: true; readonly session: CookieSession }
  | { readonly ok: false; readonly status: 400 | 403; readonly code: string; readonly message: string };

/**
 * Reads the session of a request that asks for cookies by `x-souk-session: cookie`; undefined for every other request, whose cookies
 * are not even looked at. They count only from a page of an allowed origin: `Origin` must be one, or, where a browser sends none
 * (a GET to the page's own origin), `Sec-Fetch-Site` must say so. Both are set by the browser and out of a page's reach.
 */
export function createCookieReader(o: {
  readonly isAllowedOrigin: (origin: string) => boolean;
  readonly production: boolean;
}) {
  return (request: FastifyRequest): CookieReading | undefined => {
    const asked = request.headers[SESSION_HEADER];
    if (asked === undefined) return undefined;
    if (asked !== 'cookie') return refuse(400, 'BAD_REQUEST', `The header ${SESSION_HEADER} can only be "cookie".`);
    if (request.headers.authorization !== undefined) {
      return refuse(400, 'BAD_REQUEST', `Send ${SESSION_HEADER} or authorization, not both.`);
    }
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (origin === undefined ? site !== 'same-origin' : !o.isAllowedOrigin(origin)) {
      return refuse(403, 'FORBIDDEN', 'Sessions in cookies are not open to pages of this origin.');
    }
    if (site === 'cross-site') {
      return refuse(
        403,
        'FORBIDDEN',
        'Browsers keep no cookies between different sites: use the domain of the page, or bearer tokens.',
      );
    }
    return { ok: true, session: sessionOf(request.headers.cookie, isPlain(request, o.production)) };
  };
}

/** Over HTTP on this machine, in development: there not every browser keeps a Secure cookie. */
function isPlain(request: FastifyRequest, production: boolean): boolean {
  return !production && request.protocol === 'http' && LOOPBACK.test(request.headers.host ?? '');
}

/**
 * `__Host-` makes browsers refuse a cookie that another subdomain or an unencrypted answer tries to put under the name. Strict: no
 * navigation needs these cookies, only requests that the shop's own pages send.
 */
function sessionOf(header: string | undefined, plain: boolean): CookieSession {
  const [prefix, attributes] = plain
    ? ['', 'Path=/; HttpOnly; SameSite=Strict']
    : ['__Host-', 'Path=/; HttpOnly; Secure; SameSite=Strict'];
  const names = { access: `${prefix}souk-access`, refresh: `${prefix}souk-refresh` };
  const cookie = (name: string, value: string, maxAge: number) => `${name}=${value}; Max-Age=${maxAge}; ${attributes}`;
  const answer: string[] = [];
  return {
    accessToken: onlyValue(header, names.access),
    refreshToken: onlyValue(header, names.refresh),
    answer,
    keep({ accessToken, refreshToken, expiresInSeconds }) {
      answer.splice(
        0,
        2,
        cookie(names.access, accessToken, expiresInSeconds),
        cookie(names.refresh, refreshToken, REFRESH_MAX_AGE_S),
      );
    },
    clear() {
      answer.splice(0, 2, cookie(names.access, '', 0), cookie(names.refresh, '', 0));
    },
  };
}

/** The value of the only cookie of this name; undefined when there is none, or two, or what is in it is no token. */
function onlyValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > MAX_COOKIES_LENGTH) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && TOKEN.test(value) ? value : undefined;
}

const refuse = (status: 400 | 403, code: string, message: string): CookieReading => ({
  ok: false,
  status,
  code,
  message,
});
