import { type FormEvent, useEffect, useState } from 'react';
import type { Session, SessionUser } from './session.js';
import { demoAccounts, session } from './shop.js';
import { useStore } from './store.js';

const store = { get: session.current, subscribe: session.subscribe };
const awaitsCode = { get: session.awaitsCode, subscribe: session.subscribe };

/** Signs in and out, and shows who is signed in with which rights. */
export function SessionPanel() {
  const current = useStore(store);
  const needsCode = useStore(awaitsCode);
  return (
    <section className="souk-session" aria-label="Session">
      {current ? <SignedIn session={current} /> : needsCode ? <EnterCode /> : <SignIn />}
    </section>
  );
}

function SignedIn({ session: { user, expiresAt } }: { session: Session }) {
  return (
    <>
      <div className="souk-person">
        <span className="souk-avatar" aria-hidden="true">
          {(user.firstName ?? user.email).slice(0, 1).toUpperCase()}
        </span>
        <div className="souk-who">
          <strong>{nameOf(user)}</strong>
          <span>{user.email}</span>
        </div>
        <button type="button" className="souk-quiet" onClick={() => void session.signOut()}>
          Sign out
        </button>
      </div>
      <p className="souk-chips">
        {user.roles.map((role) => (
          <span key={role} className="souk-chip">
            {role.toLowerCase()}
          </span>
        ))}
        <Countdown until={expiresAt} />
      </p>
      {user.scopes.length > 0 && (
        <details className="souk-scopes">
          <summary>{user.scopes.length} scopes</summary>
          <ul>
            {user.scopes.map((scope) => (
              <li key={scope}>{scope}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function nameOf({ firstName, lastName, email }: SessionUser): string {
  return [firstName, lastName].filter(Boolean).join(' ') || email.slice(0, email.indexOf('@'));
}

/** How long the access token lasts; it is renewed by the next request when it is about to end. */
function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((until - now) / 1_000));
  return (
    <span className="souk-token" title="The access token is renewed by itself">
      token {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}

/** Does one thing at a time, and keeps what to tell the person about it. */
function useAttempt() {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function attempt(work: () => Promise<string | undefined>) {
    setBusy(true);
    try {
      setProblem(await work());
    } catch {
      setProblem('The shop does not answer.');
    } finally {
      setBusy(false);
    }
  }
  return { problem, busy, attempt };
}

/** The password was right; the code of the second factor is to come. */
function EnterCode() {
  const [code, setCode] = useState('');
  const { problem, busy, attempt } = useAttempt();

  function submit(event: FormEvent) {
    event.preventDefault();
    void attempt(() => session.enterCode(code));
  }

  return (
    <>
      <form onSubmit={submit} aria-label="Enter the code">
        <input
          name="code"
          autoComplete="one-time-code"
          placeholder="Code of your app, or a recovery code"
          aria-label="Code of your app, or a recovery code"
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <button type="submit" disabled={busy}>
          {busy ? 'Signing in…' : 'Go on'}
        </button>
        <button type="button" className="souk-quiet" onClick={() => session.forgetCode()}>
          Cancel
        </button>
      </form>
      <Problem text={problem} />
    </>
  );
}

function Problem({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p className="souk-problem" role="alert">
      {text}
    </p>
  );
}

function SignIn() {
  const accounts = useStore(demoAccounts);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { problem, busy, attempt } = useAttempt();

  const signIn = (as: { email: string; password: string }) => attempt(() => session.signIn(as.email, as.password));

  function submit(event: FormEvent) {
    event.preventDefault();
    void signIn({ email, password });
  }

  return (
    <>
      <form onSubmit={submit} aria-label="Sign in">
        <input
          type="email"
          name="email"
          autoComplete="username"
          placeholder="E-mail"
          aria-label="E-mail"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <input
          type="password"
          name="password"
          autoComplete="current-password"
          placeholder="Password"
          aria-label="Password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="submit" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      <Problem text={problem} />
      {accounts.length > 0 && (
        <p className="souk-demo">
          Demo:
          {accounts.map((account) => (
            <button
              key={account.role}
              type="button"
              className="souk-quiet"
              disabled={busy}
              onClick={() => void signIn(account)}
            >
              {account.role}
            </button>
          ))}
        </p>
      )}
    </>
  );
}
