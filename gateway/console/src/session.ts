/** A signed-in person, with the tokens of the session. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly user: SessionUser;
}

export interface SessionUser {
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

export interface SessionStore {
  current(): Session | undefined;
  subscribe(listener: () => void): () => void;
  /** Signs in; answers what to tell the person when it was refused. Afterwards a code may be {@link SessionStore.awaitsCode awaited}. */
  signIn(email: string, password: string): Promise<string | undefined>;
  /** Whether the password was right and a code of the second factor is needed. */
  awaitsCode(): boolean;
  /** Finishes signing in with a code of the second factor; answers what to tell the person when it was refused. */
  enterCode(code: string): Promise<string | undefined>;
  /** Gives up a sign-in that awaits its code. */
  forgetCode(): void;
  signOut(): Promise<void>;
  /** The value of the authorization header, after getting new tokens when the old ones are about to expire. */
  authorization(): Promise<string | undefined>;
  /** Gets new tokens at once; a session that cannot be continued is over. */
  renew(): Promise<void>;
}

interface Payload {
  accessToken: string | null;
  refreshToken: string | null;
  expiresIn: number | null;
  user: SessionUser | null;
  secondFactorRequired: { challenge: string } | null;
  userErrors: { code: string; message: string }[];
}

export type Post = (
  query: string,
  variables: object,
  authorization?: string,
) => Promise<{ data?: Record<string, unknown> | null; errors?: { message: string }[] }>;

const TOKENS = `
  accessToken
  refreshToken
  expiresIn
  user { email firstName lastName roles scopes }
  secondFactorRequired { challenge }
  userErrors { code message }
`;
const SIGN_IN = `mutation ConsoleSignIn($email: String!, $password: String!) {
  payload: sessionCreate(email: $email, password: $password) {${TOKENS}}
}`;
const ENTER_CODE = `mutation ConsoleEnterCode($challenge: String!, $code: String!) {
  payload: sessionSecondFactor(challenge: $challenge, code: $code) {${TOKENS}}
}`;
const RENEW = `mutation ConsoleRenew($refreshToken: String!) { payload: sessionRefresh(refreshToken: $refreshToken) {${TOKENS}} }`;
const SIGN_OUT = 'mutation ConsoleSignOut { sessionRevoke { accepted } }';

const STORAGE_KEY = 'souk.session';
const RENEW_BEFORE_MS = 30_000;

/** The console's session. It lasts as long as the browser's tab, and is renewed while the console is used. */
export function createSession(o: { post: Post; storage: Storage; now?: () => number }): SessionStore {
  const now = o.now ?? Date.now;
  const listeners = new Set<() => void>();
  let session = restore(o.storage);
  let challenge: string | undefined;
  let renewing: Promise<void> | undefined;

  function set(next: Session | undefined): void {
    session = next;
    challenge = undefined;
    if (next) o.storage.setItem(STORAGE_KEY, JSON.stringify(next));
    else o.storage.removeItem(STORAGE_KEY);
    announce();
  }

  function announce(): void {
    for (const listener of listeners) listener();
  }

  function awaitCode(next: string | undefined): void {
    challenge = next;
    announce();
  }

  async function take(query: string, variables: object): Promise<string | undefined> {
    const { data, errors } = await o.post(query, variables);
    const payload = data?.payload as Payload | null | undefined;
    if (payload?.accessToken && payload.refreshToken && payload.user) {
      set({
        accessToken: payload.accessToken,
        refreshToken: payload.refreshToken,
        expiresAt: now() + (payload.expiresIn ?? 0) * 1_000,
        user: payload.user,
      });
      return undefined;
    }
    if (payload?.secondFactorRequired) {
      awaitCode(payload.secondFactorRequired.challenge);
      return undefined;
    }
    if (payload?.userErrors[0]?.code === 'TOKEN_INVALID') awaitCode(undefined);
    return payload?.userErrors[0]?.message ?? errors?.[0]?.message ?? 'Signing in did not work.';
  }

  async function renew(): Promise<void> {
    if (!session) return;
    if (await take(RENEW, { refreshToken: session.refreshToken })) set(undefined);
  }

  function renewOnce(): Promise<void> {
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  return {
    current: () => session,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signIn: (email, password) => take(SIGN_IN, { email, password }),
    awaitsCode: () => challenge !== undefined,
    enterCode: (code) => take(ENTER_CODE, { challenge, code }),
    forgetCode: () => awaitCode(undefined),
    async signOut() {
      const ended = session;
      set(undefined);
      if (ended) await o.post(SIGN_OUT, {}, `Bearer ${ended.accessToken}`);
    },
    async authorization() {
      if (session && session.expiresAt - now() < RENEW_BEFORE_MS) await renewOnce();
      return session && `Bearer ${session.accessToken}`;
    },
    renew: renewOnce,
  };
}

function restore(storage: Storage): Session | undefined {
  try {
    return (JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null') as Session | null) ?? undefined;
  } catch {
    return undefined;
  }
}
