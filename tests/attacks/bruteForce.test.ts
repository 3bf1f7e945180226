import pg from 'pg';
import { type Shop, shopOfRun, uniqueEmail } from '../e2e/shop.js';
import { type Answer, codesOf, type Edge, newAddress, PASSWORD, post, registered, startEdge } from './attackShop.js';

let shop: Shop;
/** With the limits of a shop on the internet. */
let edge: Edge;
/** Without limits by address: what the user service itself refuses. */
let open: Edge;
let users: pg.Pool;

beforeAll(async () => {
  shop = await shopOfRun();
  [edge, open] = await Promise.all([
    // Counted by the process alone: exact, however slow this machine's Redis is at the moment.
    startEdge(shop, { redisUrl: 'redis://127.0.0.1:9' }),
    startEdge(shop, { rateLimitFactor: 10_000 }),
  ]);
  users = new pg.Pool({ connectionString: shop.env.DATABASE_URL_USER, max: 2 });
}, 240_000);
afterAll(async () => {
  await Promise.all([edge?.close(), open?.close(), users?.end()]);
});

const LOGIN = `mutation L($email: String!, $password: String!) {
  sessionCreate(email: $email, password: $password) { accessToken userErrors { code message } }
}`;
const login = (at: Edge, address: string, email: string, password: string) =>
  post(at.graphql, { query: LOGIN, variables: { email, password } }, { 'x-forwarded-for': address });
const codes = async (answer: Promise<Answer>) => codesOf(await answer);
const attempts = async () =>
  Number((await users.query('SELECT coalesce(sum(attempts), 0) AS n FROM login_throttle')).rows[0].n);

describe('many logins in one request', () => {
  const one = (n: number) => `l${n}: sessionCreate(email: $e, password: "guess-${n}") { accessToken }`;
  const document = (selections: string, rest = '') => `mutation M($e: String!) { ${selections} } ${rest}`;
  const fragments = `fragment A on Mutation { ${one(1)} } fragment B on Mutation { ${one(2)} }`;
  const once = 'mutation { sessionCreate(email: "a@b.example", password: "guess") { accessToken } }';

  test.each<[string, (email: string) => string | object]>([
    ['two aliases', (e) => ({ query: document(`${one(1)} ${one(2)}`), variables: { e } })],
    [
      'thirty aliases',
      (e) => ({ query: document(Array.from({ length: 30 }, (_, n) => one(n)).join(' ')), variables: { e } }),
    ],
    [
      'a thousand aliases',
      (e) => ({ query: document(Array.from({ length: 1_000 }, (_, n) => one(n)).join(' ')), variables: { e } }),
    ],
    ['two fragments', (e) => ({ query: document('...A ...B', fragments), variables: { e } })],
    ['an inline fragment', (e) => ({ query: document(`${one(1)} ... on Mutation { ${one(2)} }`), variables: { e } })],
    [
      'one of them under @include',
      (e) => ({ query: document(`${one(1)} ... @include(if: true) { ${one(2)} }`), variables: { e } }),
    ],
    [
      'login and reset',
      (e) => ({ query: document(`${one(1)} passwordResetRequest(email: $e) { accepted }`), variables: { e } }),
    ],
    ['a list of requests', () => [{ query: once }, { query: once }]],
    ['a list of one request', () => [{ query: once }]],
    [
      'two operations without a name',
      () => ({ query: `${once.replace('mutation', 'mutation A')} ${once.replace('mutation', 'mutation B')}` }),
    ],
  ])('batch brute force by %s is refused before any password is tried', async (_how, bodyOf) => {
    const email = uniqueEmail('batch');
    const before = await attempts();
    const answer = await post(open.graphql, bodyOf(email), { 'x-forwarded-for': newAddress() });
    expect([answer.status, answer.json.data]).toEqual([400, undefined]);
    expect(await attempts()).toBe(before);
  });

  test('GET carries no login', async () => {
    const url = `${open.graphql}?query=${encodeURIComponent(once)}`;
    const answer = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect(answer.status).toBe(405);
  });
});

test('guesses from one address: the 21st login in a minute is refused with 429, whoever it is for; the victim signs in elsewhere', async () => {
  const attacker = newAddress();
  const victim = await registered(shop);
  const statuses: number[] = [];
  for (let n = 0; n < 21; n += 1) {
    statuses.push((await login(edge, attacker, n % 2 ? victim.email : uniqueEmail(), `guess-${n}`)).status);
  }
  expect(statuses).toEqual([...Array(20).fill(200), 429]);
  const signedIn = await login(edge, newAddress(), victim.email, PASSWORD);
  expect(codesOf(signedIn)).toEqual([]);
}, 30_000);

test('guesses at once are counted before they are verified: no more than the free ones are tried', async () => {
  const victim = await registered(shop);
  const attacker = newAddress();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => codes(login(open, attacker, victim.email, `guess-${n}`))),
  );
  const tried = answers.filter(([code]) => code === 'INVALID_CREDENTIALS');
  expect(tried.length).toBeLessThanOrEqual(5);
  expect(answers.flat().filter((code) => code === 'LOGIN_ATTEMPT_DELAYED')).toHaveLength(20 - tried.length);
  // From this address the right password has to wait, too: else it would be found by trying.
  expect(await codes(login(open, attacker, victim.email, PASSWORD))).toEqual(['LOGIN_ATTEMPT_DELAYED']);
});

test('credential stuffing from a hundred addresses: an account is guarded as a whole, and its owner still signs in', async () => {
  const victim = await registered(shop);
  const home = newAddress();
  expect(await codes(login(open, home, victim.email, PASSWORD))).toEqual([]);
  const answers: string[][] = [];
  for (let round = 0; round < 10; round += 1) {
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, (_, n) => codes(login(open, newAddress(), victim.email, `guess-${round}-${n}`))),
      )),
    );
  }
  const tried = answers.filter(([code]) => code === 'INVALID_CREDENTIALS').length;
  expect(tried).toBeGreaterThanOrEqual(40);
  expect(tried).toBeLessThanOrEqual(60);
  expect(answers.at(-1)).toEqual(['LOGIN_ATTEMPT_DELAYED']);
  // An address from which the owner has signed in before does not wait.
  expect(await codes(login(open, home, victim.email, PASSWORD))).toEqual([]);
}, 60_000);

test('an account that does not exist is guarded alike: stuffing does not tell which accounts there are', async () => {
  const nobody = uniqueEmail('nobody');
  const answers: string[][] = [];
  for (let round = 0; round < 7; round += 1) {
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, (_, n) => codes(login(open, newAddress(), nobody, `guess-${round}-${n}`))),
      )),
    );
  }
  expect(answers[0]).toEqual(['INVALID_CREDENTIALS']);
  expect(answers.at(-1)).toEqual(['LOGIN_ATTEMPT_DELAYED']);
}, 60_000);

test('a network of IPv6 counts as one address: changing it does not give more guesses', async () => {
  const victim = await registered(shop);
  const answers: string[] = [];
  for (let n = 0; n < 7; n += 1) {
    answers.push(...(await codes(login(open, `2001:db8:7:7::${n + 1}`, victim.email, `guess-${n}`))));
  }
  expect(answers.at(-1)).toBe('LOGIN_ATTEMPT_DELAYED');
});

test('a victim is never locked out for good: however long an attack lasts, a wait is at most five minutes', async () => {
  const victim = await registered(shop);
  const attacker = newAddress();
  for (let n = 0; n < 6; n += 1) await login(open, attacker, victim.email, `guess-${n}`);
  await users.query(`UPDATE login_throttle SET attempts = 2000000, not_before = now() - interval '1 second'
                     WHERE last_attempt_at > now() - interval '20 seconds'`);
  const refused = await login(open, attacker, victim.email, 'guess');
  expect(codesOf(refused)).toEqual(['INVALID_CREDENTIALS']);
  const { rows } = await users.query(
    `SELECT max(extract(epoch FROM not_before - now()))::float AS wait FROM login_throttle WHERE last_attempt_at > now() - interval '20 seconds'`,
  );
  expect(rows[0].wait).toBeGreaterThan(200);
  expect(rows[0].wait).toBeLessThanOrEqual(300);
  // An hour of rest forgets the failures.
  await users.query(`UPDATE login_throttle SET last_attempt_at = now() - interval '61 minutes', not_before = now() - interval '56 minutes'
                     WHERE last_attempt_at > now() - interval '20 seconds'`);
  expect(await codes(login(open, attacker, victim.email, PASSWORD))).toEqual([]);
});

test('reset mails cannot be used to flood a mailbox: one a minute for an account, 20 requests a minute for an address', async () => {
  const victim = await registered(shop);
  const query = 'mutation R($email: String!) { passwordResetRequest(email: $email) { accepted } }';
  const asked = await Promise.all(
    Array.from({ length: 12 }, () =>
      post(open.graphql, { query, variables: { email: victim.email } }, { 'x-forwarded-for': newAddress() }),
    ),
  );
  for (const { json } of asked) expect(json).toEqual({ data: { passwordResetRequest: { accepted: true } } });
  const { rows } = await users.query(
    `SELECT count(*)::int AS n FROM outbox_event WHERE type = 'account.password_reset_requested' AND aggregate_id = $1`,
    [victim.id],
  );
  expect(rows[0].n).toBe(1);
});
