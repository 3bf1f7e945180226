import { GraphQLError } from 'graphql';
import type { CookieSession } from '../auth/sessionCookies.js';
import type { SessionOperation, TokenField } from '../auth/sessionOperations.js';
import type { OperationClass } from '../limits/operationClasses.js';

/** What Apollo Server lets a plugin change of a request. */
interface Request {
  variables?: Record<string, unknown>;
}

/** The cookies of a request, with what its operation does to them once that is known. */
export interface CookieJar {
  readonly session: CookieSession;
  readonly sessionId: string | undefined;
  /** A session is there, but its access token is not (in order) any more. */
  readonly isStale: boolean;
  plan?: { readonly does: SessionOperation; readonly variables: Readonly<Record<string, unknown>> };
}

/**
 * Prepares an operation of a client with cookies. When its access token has run out nothing is executed but what gets it a new one: what is
 * asked as a guest by somebody who believes to be signed in would fill the wrong cart. A `sessionRefresh` gets its token
 * from the cookie, since no script can read it.
 */
export function prepareCookies(
  jar: CookieJar,
  o: {
    readonly does: SessionOperation;
    readonly classes: ReadonlySet<OperationClass>;
    readonly request: Request;
  },
): void {
  if (jar.isStale && !(o.classes.size === 1 && o.classes.has('credentials'))) {
    throw refusal(401, 'UNAUTHENTICATED', 'The session has to be refreshed: send sessionRefresh, then this again.');
  }
  for (const { accessToken, refreshToken, expiresIn } of o.does.tokens) {
    if ([accessToken, refreshToken, expiresIn].some((keys) => keys.length === 0)) {
      const message = 'A session in cookies is made of accessToken, refreshToken and expiresIn: select all three.';
      throw refusal(400, 'BAD_REQUEST', message);
    }
  }
  if (o.does.refresh) {
    const { variable } = o.does.refresh;
    if (variable === undefined) {
      const message = 'The token of sessionRefresh comes from the cookie: pass it as a variable, and leave that out.';
      throw refusal(400, 'BAD_REQUEST', message);
    }
    o.request.variables = { ...o.request.variables, [variable]: jar.session.refreshToken ?? '' };
  }
  jar.plan = { does: o.does, variables: o.request.variables ?? {} };
}

/** Moves the tokens of an answer into cookies, and forgets those of a session that has ended. */
export function settleCookies(jar: CookieJar, data: Record<string, unknown> | null | undefined): void {
  if (!data || !jar.plan) return;
  const { does, variables } = jar.plan;
  for (const field of does.tokens) {
    const payload = data[field.key];
    if (isRecord(payload) && !take(jar.session, field, payload) && field.key === does.refresh?.key) {
      jar.session.clear();
    }
  }
  for (const { key, accepted, isOwn } of does.ends) {
    const payload = data[key];
    const isDone = isRecord(payload) && accepted.every((name) => payload[name] !== false);
    if (isDone && isOwn(variables, jar.sessionId)) jar.session.clear();
  }
}

/** Whether there were tokens. They are in the answer's cookies then, and not in its body. */
function take(session: CookieSession, field: TokenField, payload: Record<string, unknown>): boolean {
  const first = (keys: readonly string[]): unknown => keys.map((key) => payload[key]).find((value) => value != null);
  const [accessToken, refreshToken, expiresIn] = [field.accessToken, field.refreshToken, field.expiresIn].map(first);
  for (const key of [...field.accessToken, ...field.refreshToken]) if (key in payload) payload[key] = null;
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return false;
  session.keep({ accessToken, refreshToken, expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : 0 });
  return true;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusal(status: number, code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
