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
  /** Signs in; answers what to tell the person when it was refused. */
  signIn(email: string, password: string): Promise<string | undefined>;
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
  userErrors: { message: string }[];
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
  userErrors { message }
`;
const SIGN_IN = `mutation ConsoleSignIn($email: String!, $password: String!) {
  payload: sessionCreate(email: $email, password: $password) {${TOKENS}}
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
  let renewing: Promise<void> | undefined;

  function set(next: Session | undefined): void {
    session = next;
    if (next) o.storage.setItem(STORAGE_KEY, JSON.stringify(next));
    else o.storage.removeItem(STORAGE_KEY);
    for (const listener of listeners) listener();
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
