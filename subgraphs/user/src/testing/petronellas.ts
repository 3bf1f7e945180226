import type pg from 'pg';
import { guest, member, service, type UserFixture } from './userFixture.js';

export const PASSWORD = 'correct horse battery';
export type Coded = { userErrors: { code: string; field?: string[] }[] };

/** Calls of the one root field of a document, and people with everything that this service keeps of people. */
export function petronellas(souk: () => UserFixture) {
  let people = 0;
  const run = async <T>(viewer: Parameters<UserFixture['as']>[0], doc: string, variables: object = {}): Promise<T> =>
    Object.values(
      await souk()
        .as(viewer, { ip: '203.0.113.77', userAgent: 'Firefox of Petronella' })
        .request<Record<string, T>>(doc, variables),
    )[0] as T;
  async function person() {
    people += 1;
    const email = `petronella${people}@example.com`;
    const registered = await run<{ user: { id: string } }>(
      guest,
      'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id } } }',
      { input: { email, password: PASSWORD, firstName: 'Petronella', lastName: 'Quistorp' } },
    );
    const { id } = registered.user;
    const signedIn = await run<{ refreshToken: string }>(
      guest,
      'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { refreshToken } }',
      { e: email, p: PASSWORD },
    );
    await run(member(id), 'mutation A($input: AddressInput!) { addressCreate(input: $input) { address { id } } }', {
      input: {
        fullName: 'Petronella Quistorp',
        streetLine1: 'Fischergrube 7',
        city: 'Lübeck',
        countryCode: 'DE',
        phone: '+49451555777',
      },
    });
    await run(guest, 'mutation P($e: String!) { passwordResetRequest(email: $e) { accepted } }', { e: email });
    await run(service('notification'), 'query T($id: ID!) { userForNotification(id: $id) { passwordResetToken } }', {
      id,
    });
    return { id, email, refreshToken: signedIn.refreshToken };
  }
  const deleteAccount = (id: string, password = PASSWORD) =>
    run<Deleted>(
      member(id),
      `mutation D($p: String!) { accountDelete(password: $p) { erasureToken erasure { ${ERASURE} } userErrors { code field } } }`,
      { p: password },
    );
  return { run, person, deleteAccount };
}

export type Deleted = Coded & {
  erasureToken: string | null;
  erasure: { id: string; completedAt: string | null; services: { service: string; erasedAt: string | null }[] } | null;
};
export const ERASURE = 'id completedAt services { service erasedAt }';

/** The rows of a statement. */
export const rowsIn =
  (db: () => pg.Client) =>
  async <Row extends object>(text: string, ...params: unknown[]): Promise<Row[]> =>
    (await db().query<Row>(text, params)).rows;
