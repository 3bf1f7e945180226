import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SENDGRID_KEY, startForTest, type TestBench } from '../testing/startForTest.js';

let bench: TestBench;
beforeAll(async () => {
  bench = await startForTest();
});
afterAll(() => bench.close());

test('the page and all that it loads come from this server, under a policy without inline code', async () => {
  const page = await fetch(bench.url);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  const html = await page.text();
  expect(html).not.toMatch(/https?:\/\//);
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|onclick=/);
  const seen = new Set<string>();
  const follow = async (paths: string[]): Promise<void> => {
    for (const path of paths.filter((it) => !seen.has(it))) {
      seen.add(path);
      const file = await fetch(bench.url + path);
      expect([path, file.status]).toEqual([path, 200]);
      const text = await file.text();
      expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
      await follow([...text.matchAll(/from '(\/assets\/[^']+)'/g)].map((match) => match[1] ?? ''));
    }
  };
  await follow([...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? ''));
  expect([...seen].sort()).toEqual([
    '/assets/element.js',
    '/assets/mailView.js',
    '/assets/page.css',
    '/assets/page.js',
    '/assets/parts.js',
    '/assets/paymentsView.js',
    '/assets/paypalView.js',
    '/assets/webhooksView.js',
    '/favicon.ico',
  ]);
});

test('it is told of changes as they happen', async () => {
  const stop = new AbortController();
  const stream = await fetch(`${bench.url}/control/changes`, { signal: stop.signal });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain('connected');
  await bench.stripe.paymentIntents.create({ amount: 500, currency: 'eur' });
  expect((await reader?.read())?.value).toBe('data: changed\n\n');
  stop.abort();
});

test('the html of a mail is served into a sandbox that runs no scripts; a text mail is escaped', async () => {
  const send = async (content: object[]) => {
    const answer = await fetch(`${bench.url}/v3/mail/send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SENDGRID_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        personalizations: [{ to: [{ email: 'ada@example.com' }] }],
        from: { email: 'shop@example.com' },
        subject: '<img src=x onerror=alert(1)>',
        content,
      }),
    });
    return fetch(`${bench.url}/control/mail/${answer.headers.get('x-message-id')}/html`);
  };
  const html = await send([{ type: 'text/html', value: '<script>alert(1)</script>' }]);
  expect(html.headers.get('content-security-policy')).toMatch(
    /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/,
  );
  const text = await send([{ type: 'text/plain', value: '<script>alert(1)</script>' }]);
  expect(await text.text()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});
