import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { startStandIns } from './startStandIns.js';
import { ACCOUNT_SID, startWebhookSink } from './testing/startForTest.js';

const here = fileURLToPath(new URL('.', import.meta.url));

test("the README's way of pointing the three SDKs here works as it is written", async () => {
  const webhooks = await startWebhookSink();
  const standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { secretKey: 'sk_test_local', webhookSecret: 'whsec_test', webhookUrl: webhooks.url },
    sendgrid: { apiKey: 'SG.local' },
    twilio: { accountSid: ACCOUNT_SID, authToken: 'token' },
  });
  const readme = await readFile(join(here, 'README.md'), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(code).toContain("const base = 'http://127.0.0.1:4010';");
  // Inside of the workspace, where the SDKs are found.
  await mkdir(join(here, '../../dist'), { recursive: true });
  const folder = await mkdtemp(join(here, '../../dist/readme-'));
  try {
    const file = join(folder, 'readme.mjs');
    await writeFile(file, code.replace('http://127.0.0.1:4010', standIns.url));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe('succeeded\n1\n');
    const messages = await fetch(`${standIns.url}/control/messages`);
    expect(await messages.json()).toMatchObject({ total: 1, messages: [{ body: 'On its way' }] });
  } finally {
    await rm(folder, { recursive: true });
    await standIns.close();
    await webhooks.close();
  }
});
