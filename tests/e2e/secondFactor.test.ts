import { eventually } from '@souk/testkit';
import { createShopper, type Shopper } from '../../local/src/shopper.js';
import { codeOf } from '../../subgraphs/user/src/testing/authenticator.js';
import { mailsTo, type Shop, shopOfRun, uniqueEmail } from './shop.js';

let shop: Shop;
const opened: Shopper[] = [];
beforeAll(async () => {
  shop = await shopOfRun();
}, 120_000);
afterAll(() => Promise.all(opened.map((shopper) => shopper.close())));

const password = 'correct horse battery staple';
interface Session {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly secondFactorRequired: { readonly challenge: string } | null;
  readonly userErrors: readonly { readonly code: string }[];
}
interface Device {
  readonly id: string;
  readonly isCurrent: boolean;
  readonly network: string;
}

function browser(): Shopper {
  const shopper = createShopper(shop.urls.graphql as string);
  opened.push(shopper);
  return shopper;
}
/** Sends one operation and answers its payload. */
async function ask<T>(shopper: Shopper, name: string, variables: object = {}): Promise<T> {
  return Object.values((await shopper.send<Record<string, T>>(name, variables)).data)[0] as T;
}
const sessionsOf = async (shopper: Shopper) => (await ask<{ sessions: Device[] }>(shopper, 'Sessions')).sessions;

test('a customer switches two-step sign-in on, signs in with app and recovery code, ends the other sessions, and switches it off', async () => {
  const email = uniqueEmail('two-step');
  const laptop = browser();
  await laptop.send('AccountRegister', { input: { email, password } });
  const first = await ask<Session>(laptop, 'SessionCreate', { email, password });
  laptop.setToken(first.accessToken as string);
  const { uri } = await ask<{ uri: string }>(laptop, 'SecondFactorEnroll', { password });
  const { recoveryCodes } = await ask<{ recoveryCodes: string[] }>(laptop, 'SecondFactorConfirm', {
    code: codeOf(uri),
  });
  expect(recoveryCodes).toHaveLength(10);

  const phone = browser();
  const begun = await ask<Session>(phone, 'SessionCreate', { email, password });
  expect(begun).toMatchObject({ accessToken: null, refreshToken: null, userErrors: [] });
  const challenge = begun.secondFactorRequired?.challenge;
  await expect(ask(phone, 'SessionSecondFactor', { challenge, code: codeOf(uri, -10) })).rejects.toMatchObject({
    errors: [{ code: 'CODE_INVALID' }],
  });
  const session = await ask<Session>(phone, 'SessionSecondFactor', { challenge, code: codeOf(uri, 1) });
  phone.setToken(session.accessToken as string);

  const tablet = browser();
  const asked = await ask<Session>(tablet, 'SessionCreate', { email, password });
  const code = recoveryCodes[0] as string;
  const third = await ask<Session>(tablet, 'SessionSecondFactor', {
    challenge: asked.secondFactorRequired?.challenge,
    code,
  });
  tablet.setToken(third.accessToken as string);
  const listed = await sessionsOf(phone);
  expect(listed.map(({ isCurrent }) => isCurrent).sort()).toEqual([false, false, true]);
  expect(new Set(listed.map(({ network }) => network))).toEqual(new Set(['127.0.0.0/24']));

  await ask(phone, 'SessionsRevokeAll');
  expect(await sessionsOf(phone)).toHaveLength(1);
  await eventually(() =>
    expect(tablet.send('Sessions')).rejects.toMatchObject({ errors: [{ code: 'UNAUTHENTICATED' }] }),
  );
  const off = await ask<Session>(phone, 'SecondFactorDisable', { password, code: recoveryCodes[1] });
  expect(off.userErrors).toEqual([]);
  expect((await ask<Session>(browser(), 'SessionCreate', { email, password })).accessToken).toEqual(expect.any(String));

  const subjects = async () => (await mailsTo(shop, email)).map(({ subject }) => subject);
  await eventually(async () =>
    expect(await subjects()).toEqual(
      expect.arrayContaining(['Two-step sign-in was switched on', 'Two-step sign-in was switched off']),
    ),
  );
}, 60_000);
