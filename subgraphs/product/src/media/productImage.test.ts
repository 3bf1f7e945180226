import { expect, test } from '@jest/globals';
import { productImage } from './productImage.js';

const subject = {
  seed: 'stone-mug',
  name: 'Stone Mug',
  categories: ['Kitchen', 'Mugs'],
  colours: ['Sage', 'Deep Navy', 'Plaid'],
};

test('a product always has the same picture, and another product another one', () => {
  expect(productImage(subject)).toBe(productImage({ ...subject }));
  expect(productImage({ ...subject, seed: 'stone-mug-2' })).not.toBe(productImage(subject));
});

test('it shows initials and the colours that it knows', () => {
  const svg = productImage(subject);
  expect(svg).toContain('>SM</text>');
  expect(svg.match(/r="13"/g)).toHaveLength(2);
  expect(productImage({ ...subject, name: '🍵', colours: [] })).toContain('>?</text>');
});

test('nothing that a product is called becomes markup', () => {
  const svg = productImage({ ...subject, name: `"><script>alert('x')</script>&\u0000\u0008` });
  expect(svg).not.toMatch(/<script|&[^#]/);
  expect([...svg].filter((char) => char < ' ')).toEqual([]);
  expect(svg).toContain('aria-label="&#34;&#62;&#60;script&#62;');
});
