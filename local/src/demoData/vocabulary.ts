/** One thing that variants differ in. */
export interface Axis {
  readonly name: string;
  /** Values with a short code for the SKU and what they add to the price, in percent. */
  readonly values: readonly { readonly value: string; readonly code: string; readonly surcharge?: number }[];
}

/** What products of one leaf category are made of. */
export interface Leaf {
  readonly name: string;
  /** Kinds of things, as in a product name: "Dining Chair". */
  readonly nouns: readonly string[];
  readonly materials: readonly string[];
  /** Continues "made for …". */
  readonly uses: readonly string[];
  /** Whole sentences. */
  readonly details: readonly string[];
  /** Whole EUR: cheapest and dearest. */
  readonly price: readonly [number, number];
  /** Grams: lightest and heaviest. */
  readonly weight: readonly [number, number];
  readonly axes: readonly Axis[];
  /** Further attributes, each a facet; one value is taken per product. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** How names are built: "<line> <material> <noun>", 'plain' without the material, 'title' like those of books. */
  readonly naming?: 'plain' | 'title';
}

export interface Department {
  readonly name: string;
  readonly code: string;
  readonly brands: readonly {
    readonly name: string;
    /** Continues the name to a sentence. */
    readonly story: string;
    /** The groups and leaves it makes things for; without it, all. */
    readonly makes?: readonly string[];
  }[];
  readonly groups: Readonly<Record<string, readonly Leaf[]>>;
}

const axis = (name: string, values: string): Axis => ({
  name,
  values: values.split('|').map((entry) => {
    const [value = '', code = '', surcharge] = entry.split(':');
    return { value, code, ...(surcharge ? { surcharge: Number(surcharge) } : {}) };
  }),
});

/** The ways in which variants differ, shared by all departments: `value:code:surcharge in percent`. */
export const AXES = {
  colour: axis('Colour', 'Black:BLK|White:WHT|Navy:NVY|Olive:OLV|Terracotta:TER|Sand:SND|Grey:GRY|Mustard:MUS'),
  softColour: axis('Colour', 'Cream:CRM|Sage:SAG|Rose:ROS|Charcoal:CHA|Sky:SKY|Lavender:LAV|Beige:BEI'),
  brightColour: axis('Colour', 'Red:RED|Blue:BLU|Yellow:YEL|Green:GRN|Orange:ORG|Teal:TEA|Purple:PUR'),
  techColour: axis('Colour', 'Graphite:GPH|Silver:SLV|White:WHT|Black:BLK|Blue:BLU'),
  wood: axis('Finish', 'Natural Oak:OAK|Walnut:WAL:12|Black Stain:BST:5|White Oil:WOI:5'),
  metal: axis('Finish', 'Black:BLK|Brass:BRS:8|Brushed Steel:STL|Copper:COP:10'),
  apparelSize: axis('Size', 'XS:XS|S:S|M:M|L:L|XL:XL|XXL:2XL'),
  trouserSize: axis('Size', '30:30|32:32|34:34|36:36|38:38'),
  sockSize: axis('Size', '35–38:35|39–42:39|43–46:43'),
  headSize: axis('Size', 'S (51–55 cm):S|M (55–59 cm):M|L (59–63 cm):L'),
  bedSize: axis('Size', '135 × 200 cm:135|155 × 220 cm:155:18|200 × 200 cm:200:32|240 × 220 cm:240:52'),
  blanketSize: axis('Size', '130 × 170 cm:130|150 × 200 cm:150:25'),
  cushionSize: axis('Size', '40 × 40 cm:40|50 × 50 cm:50:20|60 × 40 cm:60:18'),
  panSize: axis('Diameter', '20 cm:20|24 cm:24:15|28 cm:28:32'),
  potVolume: axis('Volume', '1.5 l:15|3 l:30:25|5 l:50:55'),
  mugVolume: axis('Volume', '200 ml:200|300 ml:300:10|400 ml:400:18'),
  bottleVolume: axis('Volume', '350 ml:350|500 ml:500:12|750 ml:750:25|1 l:1000:38'),
  setOf: axis('Set', 'Set of 2:S2|Set of 4:S4:90|Set of 6:S6:175'),
  persons: axis('Capacity', '1 person:1P|2 persons:2P:30|3 persons:3P:55|4 persons:4P:85'),
  packVolume: axis('Volume', '22 l:22|30 l:30:18|45 l:45:40'),
  potSize: axis('Diameter', '14 cm:14|19 cm:19:35|25 cm:25:80'),
  towelSize: axis('Size', '30 × 50 cm:30|50 × 100 cm:50:90|70 × 140 cm:70:220'),
  content: axis('Content', '50 ml:50|100 ml:100:60|200 ml:200:150'),
  cable: axis('Length', '0.5 m:05|1 m:10:15|2 m:20:35'),
  capacity: axis('Capacity', '5,000 mAh:5|10,000 mAh:10:40|20,000 mAh:20:90'),
  layout: axis('Layout', 'German (QWERTZ):DE|English (QWERTY):EN|French (AZERTY):FR'),
  format: axis('Format', 'Paperback:PB|Hardcover:HC:70'),
  pieces: axis('Pieces', '500 pieces:500|1,000 pieces:1K:30|2,000 pieces:2K:85'),
  edition: axis('Language', 'English:EN|German:DE|French:FR'),
} as const satisfies Record<string, Axis>;

/** Names of product lines: short, sayable, and none of them a real brand that we know of. */
export const LINES: readonly string[] = (
  'Halden Marlo Sunde Tiva Orla Brisk Calla Denvik Elmo Fjora Galen Hesper Isla Jarva Kestrel Lumo Maren Nordal Ovelia Pallas ' +
  'Quill Rowan Selva Tarn Umbra Vesper Willa Yarrow Zella Alder Birka Cedra Dune Ember Fenn Grove Harbor Ines Juna Kelda Linde ' +
  'Moss Nera Odin Petra Runa Solveig Thora Ulla Vale Wren Asta Bruno Clove Dara Edda Flint Gorse Hilda Ivar Joss Kira Luca Mira ' +
  'Nils Otis Pia Rasmus Saga Tilda Uma Viggo Wanda Arlo Bente Cosmo Dita Enzo Freya Gisla Holt Ilse Jonas Katla Leif Mats Nola ' +
  'Oskar Pelle Rhea Signe Tove Ursa Vilma Wick Alma Balder Cleo Dorrit Elin Frida Gunn Hanno Ida Jorun Knut Liv Malou Nanna Olin ' +
  'Poppy Ragna Sten Tessa Unna Vita Wes Aino Bodil Carlo Dagny Eske Filippa Greta Henrik Inga Jette Karlo Lotte Mona Niko Oona'
).split(' ');
