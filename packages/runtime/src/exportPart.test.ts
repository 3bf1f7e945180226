import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { deliverExportPart } from './exportPart.js';

const sent: { exportId: string; content: string }[] = [];
const client = {
  request: async <Data>(_document: string, variables: object) => {
    sent.push(variables as (typeof sent)[number]);
    return {} as Data;
  },
};
beforeEach(() => {
  sent.length = 0;
});
const inflated = () => sent.map(({ content }) => JSON.parse(gunzipSync(Buffer.from(content, 'base64')).toString()));

/** A part that fits into a call with so many entries, and not with more: what is random cannot be compressed. */
const thatFitsWith = (most: number) => async (entries: number) => ({
  entries,
  bulk: randomBytes(entries > most ? 900_000 : 100).toString('base64'),
});

test('a part arrives as it was read', async () => {
  await deliverExportPart(client, 'exp_1', async (entries) => ({ orders: ['ord_1'], entries }));
  expect(sent).toMatchObject([{ exportId: 'exp_1' }]);
  expect(inflated()).toEqual([{ orders: ['ord_1'], entries: 2_000 }]);
});

test('a part that is too large for one call comes with the newest entries that fit', async () => {
  await deliverExportPart(client, 'exp_1', thatFitsWith(100));
  expect(inflated()).toMatchObject([{ entries: 80 }]);
});

test('a part that does not fit at all is refused, and nothing is sent', async () => {
  await expect(deliverExportPart(client, 'exp_1', thatFitsWith(10))).rejects.toThrow('too large');
  expect(sent).toEqual([]);
});
