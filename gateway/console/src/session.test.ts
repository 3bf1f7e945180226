import { createSession, type Post } from './session.js';

const user = { email: 'ada@souk.example', firstName: 'Ada', lastName: null, roles: ['CUSTOMER'], scopes: [] };

function storage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
    key: () => null,
    length: 0,
  };
}

/** A shop that gives token 1, 2, 3 …, valid for a minute, and records what it was asked. */
function shop() {
  const asked: { query: string; variables: object; authorization: string | undefined }[] = [];
  let refusing = false;
  let issued = 0;
  const post: Post = async (query, variables, authorization) => {
    asked.push({ query: /(?:mutation|query) (\w+)/.exec(query)?.[1] ?? '', variables, authorization });
    if (refusing)
      return {
        data: { payload: { accessToken: null, refreshToken: null, user: null, userErrors: [{ message: 'No.' }] } },
      };
    issued += 1;
    return {
      data: { payload: { accessToken: `a${issued}`, refreshToken: `r${issued}`, expiresIn: 60, user, userErrors: [] } },
    };
  };
  const refuse = () => {
    refusing = true;
  };
  return { asked, post, refuse };
}

test('signing in gives the authorization of every request, and a reload keeps it', async () => {
  const { post } = shop();
  const kept = storage();
  const session = createSession({ post, storage: kept });
  expect(await session.authorization()).toBeUndefined();
  expect(await session.signIn('ada@souk.example', 'secret')).toBeUndefined();
  expect(await session.authorization()).toBe('Bearer a1');
  expect(await createSession({ post, storage: kept }).authorization()).toBe('Bearer a1');
});

test('with a second factor the code comes after the password, and a wrong one may be tried again', async () => {
  const asked: object[] = [];
  const none = { accessToken: null, refreshToken: null, user: null, secondFactorRequired: null };
  const answers = [
    { ...none, secondFactorRequired: { challenge: 'c1' }, userErrors: [] },
    { ...none, userErrors: [{ code: 'CODE_INVALID', message: 'Wrong.' }] },
    { ...none, accessToken: 'a1', refreshToken: 'r1', expiresIn: 60, user, userErrors: [] },
  ];
  const post: Post = async (_query, variables) => {
    asked.push(variables);
    return { data: { payload: answers[asked.length - 1] } };
  };
  const session = createSession({ post, storage: storage() });
  expect(await session.signIn('ada@souk.example', 'secret')).toBeUndefined();
  expect([session.awaitsCode(), session.current()]).toEqual([true, undefined]);
  expect(await session.enterCode('000000')).toBe('Wrong.');
  expect(session.awaitsCode()).toBe(true);
  expect(await session.enterCode('123456')).toBeUndefined();
  expect([session.awaitsCode(), session.current()?.accessToken]).toEqual([false, 'a1']);
  expect(asked.slice(1)).toEqual([
    { challenge: 'c1', code: '000000' },
    { challenge: 'c1', code: '123456' },
  ]);
});

test('a sign-in that is over, or given up, begins anew with the password', async () => {
  const none = { accessToken: null, refreshToken: null, user: null, secondFactorRequired: null };
  const post: Post = async (query) => ({
    data: {
      payload: query.includes('sessionCreate')
        ? { ...none, secondFactorRequired: { challenge: 'c1' }, userErrors: [] }
        : { ...none, userErrors: [{ code: 'TOKEN_INVALID', message: 'Sign in again.' }] },
    },
  });
  const session = createSession({ post, storage: storage() });
  await session.signIn('ada@souk.example', 'secret');
  expect(await session.enterCode('123456')).toBe('Sign in again.');
  expect(session.awaitsCode()).toBe(false);
  await session.signIn('ada@souk.example', 'secret');
  session.forgetCode();
  expect(session.awaitsCode()).toBe(false);
});

test('a refusal is told and changes nothing', async () => {
  const { post, refuse } = shop();
  refuse();
  const session = createSession({ post, storage: storage() });
  expect(await session.signIn('ada@souk.example', 'wrong')).toBe('No.');
  expect(session.current()).toBeUndefined();
});

test('tokens are renewed shortly before they expire, once for all requests that wait', async () => {
  let clock = 0;
  const { asked, post } = shop();
  const session = createSession({ post, storage: storage(), now: () => clock });
  await session.signIn('ada@souk.example', 'secret');
  clock = 29_000;
  expect(await session.authorization()).toBe('Bearer a1');
  clock = 31_000;
  const both = await Promise.all([session.authorization(), session.authorization()]);
  expect(both).toEqual(['Bearer a2', 'Bearer a2']);
  expect(asked.filter(({ query }) => query === 'ConsoleRenew')).toEqual([
    { query: 'ConsoleRenew', variables: { refreshToken: 'r1' }, authorization: undefined },
  ]);
});

test('a session that cannot be renewed is over, and listeners hear of it', async () => {
  let clock = 0;
  const { post, refuse } = shop();
  const kept = storage();
  const session = createSession({ post, storage: kept, now: () => clock });
  await session.signIn('ada@souk.example', 'secret');
  let heard = 0;
  session.subscribe(() => {
    heard += 1;
  });
  refuse();
  clock = 100_000;
  expect(await session.authorization()).toBeUndefined();
  expect(session.current()).toBeUndefined();
  expect(heard).toBe(1);
  expect(kept.getItem('souk.session')).toBeNull();
});

test('signing out ends the session in the shop too', async () => {
  const { asked, post } = shop();
  const session = createSession({ post, storage: storage() });
  await session.signIn('ada@souk.example', 'secret');
  await session.signOut();
  expect(session.current()).toBeUndefined();
  expect(asked.at(-1)).toEqual({ query: 'ConsoleSignOut', variables: {}, authorization: 'Bearer a1' });
});
