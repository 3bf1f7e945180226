import { newId } from './ids.js';

test('ids have their prefix and 26 characters, and sort by time', () => {
  const earlier = newId('ord', 1_700_000_000_000);
  const later = newId('ord', 1_700_000_000_001);
  expect(earlier).toMatch(/^ord_[0-9a-hjkmnp-tv-z]{26}$/);
  expect(earlier < later).toBe(true);
});

test('100,000 ids of one millisecond are all different', () => {
  const ids = new Set(Array.from({ length: 100_000 }, () => newId('evt', 1_700_000_000_000)));
  expect(ids.size).toBe(100_000);
});
