/** What a picture is made from: the same input always gives the same picture. */
export interface ImageSubject {
  readonly seed: string;
  readonly name: string;
  /** From the top of the tree down. */
  readonly categories: readonly string[];
  /** Names of the colours it comes in, shown as swatches when they are known ones. */
  readonly colours: readonly string[];
}

const SIZE = 600;
const KNOWN_COLOURS: Readonly<Record<string, string>> = {
  black: '#1f2328',
  white: '#f7f7f5',
  grey: '#9aa0a6',
  charcoal: '#3c4043',
  navy: '#1d2f54',
  blue: '#2f6fde',
  sky: '#8ec5f5',
  teal: '#1b8a8f',
  green: '#2f8f4e',
  olive: '#73783a',
  sage: '#a3b18a',
  mint: '#a8e0c8',
  yellow: '#f2c230',
  mustard: '#d09a1c',
  orange: '#ee7d27',
  terracotta: '#c5603d',
  red: '#cf3535',
  burgundy: '#7b1e33',
  pink: '#ee9db5',
  rose: '#d97b8f',
  purple: '#7650b8',
  lavender: '#b9a6e0',
  brown: '#7a5236',
  tan: '#cba57a',
  sand: '#dccbae',
  beige: '#e7dcc7',
  cream: '#f5eddc',
  natural: '#d8c3a0',
  oak: '#c69c6d',
  walnut: '#6b4a34',
  silver: '#c4c9ce',
  gold: '#cfa94a',
  copper: '#b8703f',
  graphite: '#4a4e54',
};

/** A flat, calm illustration as SVG: the top category gives the hue, the name its initials, the seed shapes and places. */
export function productImage({ seed, name, categories, colours }: ImageSubject): string {
  const random = randomOf(seed);
  const hue = Math.floor(randomOf(categories[0] ?? 'souk')() * 360);
  const shift = Math.floor(randomOf(categories.at(-1) ?? 'souk')() * 50) - 25;
  const tone = (saturation: number, light: number, turn = 0) =>
    `hsl(${(hue + shift + turn + 360) % 360} ${saturation}% ${light}%)`;
  const centre = { x: 300 + (random() - 0.5) * 40, y: 285 + (random() - 0.5) * 20 };
  const swatches = [
    ...new Set(colours.flatMap((colour) => KNOWN_COLOURS[colour.toLowerCase().split(' ').at(-1) ?? ''] ?? [])),
  ].slice(0, 5);
  const main = swatches[0] ?? tone(52, 48);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}" role="img" aria-label="${escapeXml(name)}">`,
    `<defs><linearGradient id="b" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${tone(38, 95)}"/><stop offset="1" stop-color="${tone(34, 87)}"/></linearGradient>`,
    `<linearGradient id="s" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".28"/><stop offset="1" stop-color="#000" stop-opacity=".14"/></linearGradient></defs>`,
    `<rect width="${SIZE}" height="${SIZE}" fill="url(#b)"/>`,
    backdrop(random, tone),
    `<ellipse cx="${round(centre.x)}" cy="470" rx="165" ry="20" fill="${tone(30, 30)}" opacity=".14"/>`,
    shape(random, centre, main),
    `<text x="${round(centre.x)}" y="${round(centre.y + 34)}" font-family="Georgia,serif" font-size="96" font-weight="600" text-anchor="middle" fill="${inkOn(main)}" opacity=".88">${escapeXml(initials(name))}</text>`,
    ...swatches.map(
      (colour, index) =>
        `<circle cx="${300 + (index - (swatches.length - 1) / 2) * 40}" cy="530" r="13" fill="${colour}" stroke="#fff" stroke-width="3"/>`,
    ),
    `</svg>`,
  ].join('');
}

/** Two large quiet forms behind the product. */
function backdrop(random: () => number, tone: (saturation: number, light: number, turn?: number) => string): string {
  const circle = `<circle cx="${round(80 + random() * 440)}" cy="${round(60 + random() * 300)}" r="${round(120 + random() * 110)}" fill="${tone(46, 82, 24)}" opacity=".55"/>`;
  const y = round(330 + random() * 90);
  const bend = round(random() * 120 - 60);
  const hill = `<path d="M0 ${y} C 150 ${y + bend} 420 ${y - bend} ${SIZE} ${round(y + random() * 50 - 25)} V ${SIZE} H 0 Z" fill="${tone(40, 78, -18)}" opacity=".5"/>`;
  return circle + hill;
}

/** The product itself: one of six silhouettes. */
function shape(random: () => number, { x, y }: { x: number; y: number }, fill: string): string {
  const kind = Math.floor(random() * 6);
  const w = round(118 + random() * 46);
  const h = round(138 + random() * 34);
  const box = `x="${round(x - w)}" y="${round(y - h)}" width="${2 * w}" height="${2 * h}"`;
  const forms = [
    `<rect ${box} rx="${round(18 + random() * 40)}" FILL/>`,
    `<circle cx="${round(x)}" cy="${round(y)}" r="${round((w + h) / 2)}" FILL/>`,
    `<path d="M${round(x - w)} ${round(y + h)} L${round(x - w * 0.72)} ${round(y - h)} H${round(x + w * 0.72)} L${round(x + w)} ${round(y + h)} Z" stroke-linejoin="round" FILL/>`,
    `<path d="M${round(x - w)} ${round(y - h * 0.55)} Q${round(x)} ${round(y - h * 1.5)} ${round(x + w)} ${round(y - h * 0.55)} V${round(y + h)} H${round(x - w)} Z" FILL/>`,
    `<path d="M${round(x)} ${round(y - h * 1.1)} L${round(x + w * 1.1)} ${round(y - h * 0.35)} V${round(y + h * 0.6)} L${round(x)} ${round(y + h * 1.15)} L${round(x - w * 1.1)} ${round(y + h * 0.6)} V${round(y - h * 0.35)} Z" FILL/>`,
    `<rect ${box} rx="${w}" FILL/>`,
  ];
  const form = forms[kind] ?? '';
  return form.replace('FILL', `fill="${fill}"`) + form.replace('FILL', 'fill="url(#s)"');
}

function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ['?'];
  return words
    .slice(0, 2)
    .map((word) => (word[0] ?? '').toUpperCase())
    .join('');
}

/** Dark ink on light colours, white on dark ones. */
function inkOn(colour: string): string {
  const hex = /^#(..)(..)(..)$/.exec(colour);
  if (!hex) return '#fff';
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map((part) => Number.parseInt(part, 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 165 ? '#33302b' : '#fff';
}

const round = (value: number): number => Math.round(value);

export function escapeXml(text: string): string {
  return text.replace(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** FNV-1a seeds a mulberry32 generator: numbers in [0, 1), always the same for the same text. */
function randomOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (const char of text) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
