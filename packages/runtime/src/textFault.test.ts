import { decodeCursor, encodeCursor } from './pagination.js';
import { textFault } from './textFault.js';

const faultOf = (json: string) => textFault(Buffer.from(json), JSON.parse(json)) !== undefined;

test.each([
  ['{"query":"{ a }","variables":{"x":"a\\u0000b"}}'],
  ['{"query":"{ a }","variables":{"x":[{"y":"\\u0000"}]}}'],
  ['{"query":"{ a }","variables":{"\\u0000":1}}'],
  ['{"query":"{ a(x: \\"\\\\u0000\\") }"}'],
  ['{"query":"{ a(x: \\"\\\\u{000}\\") }"}'],
  ['{"variables":{"x":"\\ud800"}}'],
  ['{"variables":{"x":"\\uDC00\\uD800"}}'],
])('%s is refused', (json) => {
  expect(faultOf(json)).toBe(true);
});

test.each([
  ['{"query":"{ a }","variables":{"x":"\\ud83d\\ude00 and \\u0001"}}'],
  ['{"variables":{"x":"a backslash \\\\ud and another \\\\u0000 as a person types them"}}'],
  ['{"query":"{ a(x: \\"\\\\u00e9\\") }"}'],
  ['null'],
])('%s is not', (json) => {
  expect(faultOf(json)).toBe(false);
});

test('a body nested a hundred thousand deep is walked through', () => {
  expect(
    faultOf(`{"x":"\\u00e9","y":"\\ud83d\\ude00","v":${'['.repeat(100_000)}"\\u0000"${']'.repeat(100_000)}}`),
  ).toBe(true);
});

test('a cursor that was made up of such texts is none', () => {
  expect(decodeCursor(encodeCursor(['2026', 'a\0b']))).toBeUndefined();
  expect(decodeCursor(encodeCursor(['2026', 'ab']))).toEqual(['2026', 'ab']);
});
