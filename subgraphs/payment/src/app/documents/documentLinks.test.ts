import { LINK_VALID_MS } from '@souk/runtime';
import { createDocumentLinks } from './documentLinks.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const ID = 'rcp_01kapm0000abcdefghjkmnpqrs';
const links = createDocumentLinks({ secret: 'a'.repeat(64), publicUrl: 'https://shop.example' });

function linkOf(url: string) {
  const { pathname, searchParams } = new URL(url);
  const [documentId = '', extension = ''] = pathname.replace('/documents/', '').split('.');
  return {
    documentId,
    format: extension === 'pdf' ? ('PDF' as const) : ('HTML' as const),
    expires: searchParams.get('expires') ?? '',
    signature: searchParams.get('signature') ?? '',
  };
}

test('a link opens the document that it was made for, until it ends', () => {
  const url = links.urlOf(ID, 'PDF', NOW);
  expect(url).toMatch(new RegExp(`^https://shop\\.example/documents/${ID}\\.pdf\\?expires=\\d+&signature=[\\w-]{43}$`));
  const link = linkOf(url);
  expect(links.isValid(link, NOW)).toBe(true);
  expect(links.isValid(link, new Date(NOW.getTime() + LINK_VALID_MS - 1))).toBe(true);
  expect(links.isValid(link, new Date(NOW.getTime() + LINK_VALID_MS))).toBe(false);
});

test('a link is of no use for another document, another format or another time, nor with another secret', () => {
  const link = linkOf(links.urlOf(ID, 'PDF', NOW));
  const others = [
    { ...link, documentId: ID.replace('abc', 'abd') },
    { ...link, format: 'HTML' as const },
    { ...link, expires: String(Number(link.expires) + 1) },
    { ...link, expires: 'NaN' },
    { ...link, signature: '' },
    { ...link, signature: `${link.signature.slice(0, -2)}AA` },
  ];
  expect(others.map((other) => links.isValid(other, NOW))).toEqual(others.map(() => false));
  const elsewhere = createDocumentLinks({ secret: 'b'.repeat(64), publicUrl: 'https://shop.example' });
  expect(elsewhere.isValid(link, NOW)).toBe(false);
});
