import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Snapshot } from '../snapshot.js';
import { readMailbox } from './mailbox.js';

const MAILS = [
  { at: '2026-11-22T12:00:05.000Z', customArgs: { deliveryId: 'ntf_b', attempt: '1' } },
  { at: '2026-11-22T12:00:00.000Z', customArgs: { deliveryId: 'ntf_a', attempt: '1' } },
];

/** Reads a mailbox that answers this, and says what was noted. */
async function read(answer: object) {
  const server = createServer((_, response) => void response.end(JSON.stringify(answer)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const notes: string[] = [];
  try {
    const standIns = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const mailbox = await readMailbox({
      stores: { standIns },
      note: (text: string) => void notes.push(text),
    } as unknown as Snapshot);
    const keys: string[] = [];
    for await (const { key } of mailbox?.mails ?? []) keys.push(key);
    return { keys, since: mailbox?.since?.toISOString(), notes: notes.length };
  } finally {
    server.close();
  }
}

test('a mailbox with room has every mail', async () => {
  const all = await read({ total: 2, mayHaveForgotten: false, mails: MAILS });
  expect(all).toEqual({ keys: ['ntf_a', 'ntf_b'], since: undefined, notes: 0 });
});

test('one that is full answers for what was noted a minute after its oldest mail, and later, and that is said', async () => {
  const some = await read({ total: 2, mayHaveForgotten: true, mails: MAILS });
  expect(some).toEqual({ keys: ['ntf_a', 'ntf_b'], since: '2026-11-22T12:01:00.000Z', notes: 1 });
});

test('one that was emptied answers for everything: its mails are missing', async () => {
  expect(await read({ total: 0, mayHaveForgotten: false, mails: [] })).toMatchObject({ keys: [], since: undefined });
});
