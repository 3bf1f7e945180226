import { gzipSync } from 'node:zlib';
import { newId } from '@souk/runtime';
import pg from 'pg';
import { type Coded, petronellas, rowsIn } from './testing/petronellas.js';
import { member, service, startUserFixture, type UserFixture } from './testing/userFixture.js';

const SERVICES = ['cart', 'notification', 'order', 'payment'];

let souk: UserFixture;
let db: pg.Client;
beforeAll(async () => {
  souk = await startUserFixture();
  db = new pg.Client({ connectionString: souk.databaseUrl });
  await db.connect();
});
afterAll(async () => {
  await db?.end();
  await souk?.close();
});
const { run, person, deleteAccount } = petronellas(() => souk);
const rowsOf = rowsIn(() => db);

describe('an export', () => {
  type Export = { id: string; waitingFor: string[]; url: string | null };
  const FIELDS = 'id waitingFor url';
  const request = (id: string) =>
    run<Coded & { dataExport: Export }>(
      member(id),
      `mutation { accountDataExport { dataExport { ${FIELDS} } userErrors { code } } }`,
    );
  const list = (id: string) => run<Export[]>(member(id), `query { accountDataExports { ${FIELDS} } }`);
  const deliver = (exportId: string, name: 'notification' | 'order', content: object) =>
    run<boolean>(
      service(name),
      'mutation P($id: ID!, $c: String!) { accountExportPartDeliver(exportId: $id, content: $c) }',
      { id: exportId, c: gzipSync(JSON.stringify(content)).toString('base64') },
    );
  const all = async (exportId: string) => {
    for (const name of SERVICES) await deliver(exportId, name as 'order', { from: name });
  };
  const download = (url: string | null) => {
    const { pathname, search } = new URL(url ?? '');
    return fetch(`${souk.url}${pathname}${search}`);
  };

  test('is complete when every service has handed over its part, and is one JSON with everything and no secret', async () => {
    const { id, email } = await person();
    const { dataExport } = await request(id);
    expect(dataExport).toEqual({ id: expect.stringMatching(/^exp_/), waitingFor: expect.anything(), url: null });
    expect([...dataExport.waitingFor].sort()).toEqual(SERVICES);
    expect(
      await rowsOf(`SELECT data FROM outbox_event WHERE type = 'account.export_requested' AND aggregate_id = $1`, id),
    ).toEqual([{ data: { userId: id, exportId: dataExport.id } }]);
    expect(await deliver(dataExport.id, 'order', { orders: ['ord_1'] })).toBe(true);
    expect(await list(id)).toMatchObject([{ url: null, waitingFor: ['cart', 'notification', 'payment'] }]);
    await all(dataExport.id);
    const [ready] = await list(id);
    expect(ready?.waitingFor).toEqual([]);
    const response = await download(ready?.url ?? null);
    expect([
      response.status,
      response.headers.get('cache-control'),
      response.headers.get('content-disposition'),
    ]).toEqual([200, 'private, no-store', 'attachment; filename="personal-data.json"']);
    const text = await response.text();
    const told = JSON.parse(text);
    expect(told).toMatchObject({
      user: {
        account: { id, email, firstName: 'Petronella', lastName: 'Quistorp' },
        addresses: [{ streetLine1: 'Fischergrube 7', phone: '+49451555777' }],
        sessions: [{ ip: expect.any(String) }],
      },
      cart: { from: 'cart' },
      // what came first: a part that is delivered twice is the same part
      order: { orders: ['ord_1'] },
      payment: { from: 'payment' },
      notification: { from: 'notification' },
    });
    expect(text).not.toMatch(/argon2|hash|token/i);
  });

  test('asked for again is the same one for an hour, and as long as it is under way', async () => {
    const { id } = await person();
    const first = (await request(id)).dataExport;
    expect((await request(id)).dataExport.id).toBe(first.id);
    await db.query(`UPDATE account_export SET requested_at = now() - interval '61 minutes' WHERE id = $1`, [first.id]);
    expect((await request(id)).dataExport.id).toBe(first.id);
    await all(first.id);
    expect((await request(id)).dataExport.id).not.toBe(first.id);
    expect(await list(id)).toHaveLength(2);
  });

  test('asked for by many at once is one', async () => {
    const { id } = await person();
    const asked = await Promise.all(Array.from({ length: 6 }, () => request(id)));
    expect(new Set(asked.map(({ dataExport }) => dataExport.id)).size).toBe(1);
  });

  test('opens by its own link only, as long as that and the export last', async () => {
    const [ada, bo] = [await person(), await person()];
    const exports = [(await request(ada.id)).dataExport, (await request(bo.id)).dataExport] as const;
    for (const { id } of exports) await all(id);
    const url = new URL((await list(ada.id))[0]?.url ?? '');
    const altered = new URL(url);
    altered.pathname = `/account-exports/${exports[1].id}.json`;
    expect((await download(altered.href)).status).toBe(403);
    const later = new URL(url);
    later.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1));
    expect((await download(later.href)).status).toBe(403);
    expect((await download(url.href)).status).toBe(200);
    expect((await list(bo.id)).map(({ id }) => id)).toEqual([exports[1].id]);
    await db.query(`UPDATE account_export SET expires_at = now() - interval '1 second' WHERE id = $1`, [exports[0].id]);
    expect((await download(url.href)).status).toBe(404);
    expect(await list(ada.id)).toEqual([]);
  });

  test('ends with the account; a part that comes late is taken by nobody', async () => {
    const { id } = await person();
    const { dataExport } = await request(id);
    await deleteAccount(id);
    expect(await deliver(dataExport.id, 'order', {})).toBe(false);
    expect(await rowsOf('SELECT 1 FROM account_export_part WHERE export_id = $1', dataExport.id)).toEqual([]);
  });

  test('takes parts of the services that were asked only', async () => {
    const { id } = await person();
    const { dataExport } = await request(id);
    const doc = 'mutation P($id: ID!, $c: String!) { accountExportPartDeliver(exportId: $id, content: $c) }';
    const product = { kind: 'service', service: 'product', scopes: ['service', 'service:product'] } as const;
    expect(await run(product, doc, { id: dataExport.id, c: 'AAAA' })).toBe(false);
    await expect(run(member(id), doc, { id: dataExport.id, c: 'AAAA' })).rejects.toThrow();
    expect(await deliver(newId('exp'), 'order', {})).toBe(false);
  });
});
