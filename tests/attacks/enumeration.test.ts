import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import pg from 'pg';
import { startUser } from '../../subgraphs/user/src/composition.js';
import { readConfig } from '../../subgraphs/user/src/config.js';
import { mailsTo, type Shop, shopOfRun, uniqueEmail } from '../e2e/shop.js';
import { type Answer, codesOf, type Edge, newAddress, PASSWORD, post, registered, startEdge } from './attackShop.js';

/**
 * A shop that tells nobody who has an account: addresses are confirmed before anybody can sign in (ACCOUNT_CONFIRMATION=required, the
 * default in production).
 */
let shop: Shop;
let edge: Edge;
let users: pg.Pool;
const stops: (() => unknown)[] = [];

beforeAll(async () => {
  shop = await shopOfRun();
  const config = readConfig({ ...shop.env, PORT: '0', LOG_LEVEL: 'silent', ACCOUNT_CONFIRMATION: 'required' });
  const { server } = await startUser(config, { onShutdown: (_name, stop) => void stops.unshift(stop) });
  const url = server.app.listeningOrigin;
  edge = await startEdge(
    { ...shop, env: { ...shop.env, SUBGRAPH_URL_USER: `${url}/graphql` } },
    { rateLimitFactor: 10_000 },
  );
  stops.unshift(() => edge.close());
  users = new pg.Pool({ connectionString: shop.env.DATABASE_URL_USER, max: 2 });
  stops.unshift(() => users.end());
}, 240_000);
afterAll(async () => {
  for (const stop of stops) await stop();
});

const send = (query: string, variables: object): Promise<Answer> =>
  post(edge.graphql, { query, variables }, { 'x-forwarded-for': newAddress() });

const LOGIN = `mutation L($email: String!, $password: String!) {
  sessionCreate(email: $email, password: $password) { accessToken refreshToken expiresIn user { id } userErrors { __typename code message field } }
}`;
const REGISTER = `mutation R($email: String!, $password: String!) {
  accountRegister(input: { email: $email, password: $password }) { user { id email roles } requiresConfirmation userErrors { __typename code message field } }
}`;
const RESET =
  'mutation F($email: String!) { passwordResetRequest(email: $email) { accepted userErrors { __typename code message field } } }';
const RESEND =
  'mutation C($email: String!) { accountConfirmationResend(email: $email) { accepted userErrors { __typename code message field } } }';

/** As many confirmed accounts as are wanted, made from one whose password is PASSWORD. */
async function confirmedAccounts(count: number): Promise<string[]> {
  const { id } = await registered(shop, 'known');
  const emails = Array.from({ length: count }, (_, n) => `known-${n}-${randomUUID()}@test.example`);
  await users.query(
    `INSERT INTO account (id, email, email_key, password_hash, email_verified_at, roles, created_at, updated_at)
     SELECT 'usr_' || md5(e), e, e, a.password_hash, now(), a.roles, now() - interval '1 day', now() FROM account a, unnest($2::text[]) e WHERE a.id = $1`,
    [id, emails],
  );
  return emails;
}

describe('messages', () => {
  test('signing in: an unknown address, a wrong password and an address that is not confirmed get the same answer', async () => {
    const [known] = await confirmedAccounts(1);
    const fresh = uniqueEmail('fresh');
    await send(REGISTER, { email: fresh, password: PASSWORD });
    const answers = [
      await send(LOGIN, { email: uniqueEmail('nobody'), password: PASSWORD }),
      await send(LOGIN, { email: known as string, password: 'wrong horse battery staple' }),
      await send(LOGIN, { email: fresh, password: PASSWORD }),
      await send(LOGIN, { email: 'no address', password: PASSWORD }),
    ];
    expect(codesOf(answers[0] as Answer)).toEqual(['INVALID_CREDENTIALS']);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(codesOf(await send(LOGIN, { email: known as string, password: PASSWORD }))).toEqual([]);
  });

  test('registration: a taken address gets the same answer as a new one, keeps its password, and its owner is written to', async () => {
    const [taken] = await confirmedAccounts(1);
    const fresh = uniqueEmail('fresh');
    const before = await users.query('SELECT password_hash, first_name FROM account WHERE email_key = $1', [taken]);
    const [ofNew, ofTaken] = [
      await send(REGISTER, { email: fresh, password: 'another horse battery staple' }),
      await send(REGISTER, { email: taken as string, password: 'another horse battery staple' }),
    ];
    expect(ofNew.json).toEqual({
      data: { accountRegister: { user: null, requiresConfirmation: true, userErrors: [] } },
    });
    expect(ofTaken.text).toBe(ofNew.text);
    expect(
      (await users.query('SELECT password_hash, first_name FROM account WHERE email_key = $1', [taken])).rows,
    ).toEqual(before.rows);
    expect(codesOf(await send(LOGIN, { email: taken as string, password: 'another horse battery staple' }))).toEqual([
      'INVALID_CREDENTIALS',
    ]);
    const mails = await eventually(async () => {
      const found = await mailsTo(shop, taken as string);
      if (found.length === 0) throw new Error('no mail yet');
      return found;
    });
    expect(mails).toHaveLength(1);
  });

  test('registration: who confirms the address signs in, and from then on by the password', async () => {
    const email = uniqueEmail('fresh');
    await send(REGISTER, { email, password: PASSWORD });
    expect(codesOf(await send(LOGIN, { email, password: PASSWORD }))).toEqual(['INVALID_CREDENTIALS']);
    await users.query('UPDATE account SET email_verified_at = now() WHERE email_key = $1', [email]);
    expect(codesOf(await send(LOGIN, { email, password: PASSWORD }))).toEqual([]);
  });

  test.each([
    ['a new password', RESET],
    ['another confirmation', RESEND],
  ])('asking for %s: the answer is the same for an account and for nobody', async (_what, query) => {
    const [known] = await confirmedAccounts(1);
    const answers = [
      await send(query, { email: uniqueEmail('nobody') }),
      await send(query, { email: known as string }),
      await send(query, { email: known as string }),
    ];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.json.data && codesOf(answers[0])).toEqual([]);
  });

  test('tokens: one that never was, one of another kind and one that was used are told apart by nothing but their end', async () => {
    const confirm = 'mutation T($t: String!) { accountConfirm(token: $t) { userErrors { code message } } }';
    const reset =
      'mutation T($t: String!) { passwordReset(token: $t, password: "correct horse battery staple") { userErrors { code message } } }';
    for (const query of [confirm, reset]) {
      const texts = await Promise.all(
        ['x', 'a'.repeat(43), '', '../x'].map(async (t) => (await send(query, { t })).text),
      );
      expect(new Set(texts).size).toBe(1);
    }
  });
});

/**
 * How often one of the first is slower than one of the second, ties counted half: 0.5 when their times do not differ, whatever
 * their distribution and its outliers. With 32 of each, chance leaves 0.22 to 0.78 once in ten thousand times.
 */
function shareSlower(first: readonly number[], second: readonly number[]): number {
  let slower = 0;
  for (const one of first) for (const two of second) slower += one > two ? 1 : one === two ? 0.5 : 0;
  return slower / (first.length * second.length);
}

test('the statistic tells a millisecond in ten, and is not misled by outliers', () => {
  const noise = (n: number) => 10 + ((n * 7919) % 100) / 100;
  const plain = Array.from({ length: 40 }, (_, n) => noise(n));
  const outliers = Array.from({ length: 40 }, (_, n) => (n % 10 === 0 ? 500 : noise(n + 40)));
  expect(shareSlower(plain, plain)).toBe(0.5);
  expect(Math.abs(shareSlower(outliers, plain) - 0.5)).toBeLessThan(0.25);
  expect(
    shareSlower(
      plain.map((ms) => ms + 1),
      plain,
    ),
  ).toBeGreaterThan(0.9);
});

describe('times', () => {
  const TRIES = 32;
  async function compare(query: string, ofKnown: (n: number) => object, ofUnknown: () => object): Promise<number> {
    for (let n = 0; n < 3; n += 1) await send(query, ofUnknown());
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < TRIES; n += 1) {
      // In turns, and in turn first: what else the machine does falls on both.
      for (const isKnown of n % 2 ? [true, false] : [false, true]) {
        const { milliseconds } = await send(query, isKnown ? ofKnown(n) : ofUnknown());
        (isKnown ? known : unknown).push(milliseconds);
      }
    }
    return shareSlower(known, unknown);
  }

  /** Side by side, each in turns of its own: what one does to the others falls on both of their kinds alike. */
  let shares: { login: number; registration: number; reset: number };
  beforeAll(async () => {
    const [accounts, others, third] = [
      await confirmedAccounts(TRIES),
      await confirmedAccounts(TRIES),
      await confirmedAccounts(TRIES),
    ];
    const wrong = 'wrong horse battery staple';
    const [login, registration, reset] = await Promise.all([
      compare(
        LOGIN,
        (n) => ({ email: accounts[n], password: wrong }),
        () => ({ email: uniqueEmail('nobody'), password: wrong }),
      ),
      compare(
        REGISTER,
        (n) => ({ email: others[n], password: PASSWORD }),
        () => ({ email: uniqueEmail('new'), password: PASSWORD }),
      ),
      compare(
        RESET,
        (n) => ({ email: third[n] }),
        () => ({ email: uniqueEmail('nobody') }),
      ),
    ]);
    shares = { login, registration, reset };
  }, 90_000);

  test('signing in takes as long for an unknown address as for a wrong password', () => {
    expect(Math.abs(shares.login - 0.5)).toBeLessThan(0.28);
  });

  test('registration takes as long for a taken address as for a new one', () => {
    expect(Math.abs(shares.registration - 0.5)).toBeLessThan(0.28);
  });

  test('asking for a new password takes as long for an account as for nobody', () => {
    expect(Math.abs(shares.reset - 0.5)).toBeLessThan(0.28);
  });
});
