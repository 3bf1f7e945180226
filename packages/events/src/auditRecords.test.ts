import { asPrivileged, newContext, runInContext, type Viewer } from '@souk/runtime';
import { auditRecords } from './index.js';

const viewer = (scopes: string[]): Viewer => ({
  kind: 'user',
  userId: 'usr_staff',
  sessionId: 'ses_1',
  roles: ['STAFF'],
  scopes,
});
const act = <T>(by: Viewer, work: () => T): T =>
  asPrivileged({ service: 'order', action: 'orderCancel', viewer: by }, work);

test('what is done by the rights of a role is recorded, with ids and codes only', () => {
  const [record] = runInContext(newContext('request', { actor: 'usr_staff' }), () =>
    act(viewer(['orders:write']), () => auditRecords(['ord_1'], ['FRAUD'])),
  );
  expect(record).toMatchObject({
    type: 'audit.recorded',
    aggregateId: 'ord_1',
    actor: 'usr_staff',
    data: {
      recordId: expect.stringMatching(/^aud_/),
      service: 'order',
      action: 'orderCancel',
      actorId: 'usr_staff',
      subjectType: 'order',
      subjectId: 'ord_1',
      codes: ['FRAUD'],
    },
  });
});

test('what customers, guests and services do is no record', () => {
  expect(auditRecords(['ord_1'])).toEqual([]);
  expect(act(viewer([]), () => auditRecords(['ord_1']))).toEqual([]);
  expect(act({ kind: 'anonymous' }, () => auditRecords(['ord_1']))).toEqual([]);
  expect(act({ kind: 'service', service: 'cart', scopes: ['service'] }, () => auditRecords(['ord_1']))).toEqual([]);
});

test('a change that is tried again has the same record, another subject or another action has another one', async () => {
  const recordIds = async () =>
    act(viewer(['orders:write']), async () => {
      const first = auditRecords(['ord_1', 'ord_2', 'ord_1']);
      await Promise.resolve();
      return [...first, ...auditRecords(['ord_1'])].map(({ data }) => data.recordId);
    });
  const [one, two, again, ...rest] = await recordIds();
  expect(again).toBe(one);
  expect(two).not.toBe(one);
  expect(rest).toEqual([]);
  expect((await recordIds())[0]).not.toBe(one);
});

test('text that is no id names nothing: it is not recorded, and does not make the action fail', () => {
  const texts = ["' OR '1'='1' --", '', 'a@b.example', 'two words', 'x'.repeat(101), 'ord_1'];
  const records = act(viewer(['orders:write']), () => auditRecords(texts));
  expect(records.map(({ data }) => data.subjectId)).toEqual(['ord_1']);
});
