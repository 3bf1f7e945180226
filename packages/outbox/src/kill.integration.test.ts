import { eventually } from '@souk/testkit';
import { bundle, removeBundle, startChild, type TestChild } from '../test/childProcess.js';
import { outboxHarness } from '../test/harness.js';
import { appliedIn, outboxIn, publish } from '../test/shop.js';

const { at, redis, relay, consume } = outboxHarness();
let file = '';
let child: TestChild | undefined;
beforeAll(async () => {
  file = await bundle('killableConsumer');
});
afterEach(async () => child?.kill());
afterAll(() => removeBundle(file));

test.each(['before-commit', 'after-commit'])(
  'a consumer killed in the middle of a job, %s: another one takes over within 10 s and the event is applied exactly once',
  async (when) => {
    await relay({ resendAfterMs: 60_000 });
    child = startChild(file, [at.consumerUrl, redis().url, when]);
    await child.printed('ready');
    const [id] = await publish(at.producer, 1);
    await child.printed(when === 'before-commit' ? `begun ${id}` : `committed ${id}`);
    await child.kill();
    const killedAt = Date.now();
    expect(await appliedIn(at.consumer)).toEqual(when === 'before-commit' ? [] : [id]);
    await consume();
    await eventually(
      async () => expect(await outboxIn(at.producer)).toMatchObject([{ id, settled: true, pending: [] }]),
      {
        timeoutMs: 12_000,
      },
    );
    expect(Date.now() - killedAt).toBeLessThan(10_000);
    expect(await appliedIn(at.consumer)).toEqual([id]);
    expect(await outboxIn(at.producer)).toMatchObject([{ sends: 1 }]);
  },
);
