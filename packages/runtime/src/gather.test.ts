import { gather } from './gather.js';

const doubled = (windowMs: number, max: number) => {
  const batches: number[][] = [];
  const one = gather<number, number>({
    windowMs,
    max,
    work: async (inputs) => {
      batches.push([...inputs]);
      if (inputs.includes(13)) throw new Error('unlucky');
      return inputs.map((input) => input * 2);
    },
  });
  return { one, batches };
};

test('calls within the window are one call of the work, and each gets its own answer', async () => {
  const { one, batches } = doubled(5, 10);
  expect(await Promise.all([one(1), one(2), one(3)])).toEqual([2, 4, 6]);
  expect(await one(4)).toBe(8);
  expect(batches).toEqual([[1, 2, 3], [4]]);
});

test('a full batch does not wait for its window, and what comes after it is the next one', async () => {
  const { one, batches } = doubled(60_000, 2);
  const answers = [one(1), one(2), one(3), one(4)];
  expect(await Promise.all(answers)).toEqual([2, 4, 6, 8]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('work that fails, or answers too few, fails its callers and nobody else', async () => {
  const { one } = doubled(5, 2);
  const failing = Promise.allSettled([one(13), one(1)]);
  const fine = one(2);
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await fine).toBe(4);
  const short = gather<number, number>({ windowMs: 1, max: 5, work: async () => [1] });
  const [first, second] = await Promise.allSettled([short(1), short(2)]);
  expect(first).toEqual({ status: 'fulfilled', value: 1 });
  expect(second).toMatchObject({ status: 'rejected', reason: { message: '2 inputs were answered with 1 outputs' } });
});
