import { eventually } from '@souk/testkit';
import { bundle, removeBundle, startChild, type TestChild } from '../test/childProcess.js';
import { outboxHarness } from '../test/harness.js';
import { appliedIn, outboxIn, refundRequired } from '../test/shop.js';
import { appendEvents } from './index.js';

const { at, redis, relay, consume } = outboxHarness();
let file = '';
let child: TestChild | undefined;
beforeAll(async () => {
  file = await bundle('killableConsumer');
});
afterEach(async () => child?.kill());
afterAll(() => removeBundle(file));

test('a consumer killed in the middle of jobs, before and after its commits: another one takes over within 10 s and each event is applied exactly once', async () => {
  await relay({ resendAfterMs: 60_000 });
  const [before, after] = [refundRequired(), refundRequired()];
  child = startChild(file, [at.consumerUrl, redis().url, before.aggregateId]);
  await child.printed('ready');
  await appendEvents(at.producer, [before, after]);
  await child.printed(`begun ${before.id}`);
  await child.printed(`committed ${after.id}`);
  await child.kill();
  const killedAt = Date.now();
  expect(await appliedIn(at.consumer)).toEqual([after.id]);
  await consume();
  await eventually(
    async () =>
      expect(await outboxIn(at.producer)).toMatchObject([
        { id: before.id, settled: true, sends: 1 },
        { id: after.id, settled: true, sends: 1 },
      ]),
    { timeoutMs: 12_000 },
  );
  expect(Date.now() - killedAt).toBeLessThan(10_000);
  expect(await appliedIn(at.consumer)).toEqual([before.id, after.id]);
});
