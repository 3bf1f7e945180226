import { AXES, type Department } from '../vocabulary.js';

const PUBLISHERS = [
  { name: 'Lantern Press', story: 'prints short runs on paper from certified forests.' },
  { name: 'Harbour & Hill', story: 'has published first novels since 1981.' },
  { name: 'Papierboot', story: 'binds with thread, so the pages stay.' },
];

const AUTHORS = [
  'Mara Ellison',
  'Tomas Reuter',
  'Ines Aldana',
  'Jonah Whitlock',
  'Sofia Brandt',
  'Emeka Adeyemi',
  'Yuki Arai',
  'Clara Dupont',
];

const book = (name: string, nouns: string[], uses: string[], details: string[], genre: string[]) => ({
  name,
  nouns,
  materials: ['Paper'],
  uses,
  details,
  price: [12, 34] as const,
  weight: [240, 900] as const,
  axes: [AXES.format, AXES.edition],
  attributes: { author: AUTHORS, genre },
  naming: 'title' as const,
});

export const books: Department = {
  name: 'Books',
  code: 'BOK',
  brands: PUBLISHERS,
  groups: {
    Fiction: [
      book(
        'Novels',
        [
          'Lighthouse',
          'Orchard',
          'Winter Garden',
          'Ferry',
          'Glass House',
          'Long Summer',
          'Map of Rivers',
          'Second Sister',
        ],
        ['readers who miss the last page already', 'long train rides', 'book clubs that argue'],
        [
          'Three generations share one house and one secret.',
          'A quiet story about leaving, and about what is left.',
          'Funny on every page until it is not.',
          'Told in letters that were never sent.',
        ],
        ['Literary fiction', 'Family saga', 'Historical fiction'],
      ),
      book(
        'Crime',
        ['Tide', 'Witness', 'Cold Harbour', 'Last Guest', 'Silent Choir', 'Night Train', 'Salt Road'],
        ['nights with the light on', 'detectives on the sofa', 'rainy weekends'],
        [
          'A pathologist finds her own handwriting in a stranger’s diary.',
          'The ferry docks with one passenger too many.',
          'Everybody in the village saw it, and nobody remembers the same thing.',
        ],
        ['Crime', 'Thriller', 'Nordic noir'],
      ),
    ],
    'Non-Fiction': [
      book(
        'Cookbooks',
        ['Bread Book', 'Small Kitchen', 'Vegetable Year', 'Sunday Table', 'Pickle Shelf', 'One Pot'],
        ['weeknights with little time', 'cooks who read in bed', 'gardens that give too much'],
        [
          'Eighty recipes, each with a picture and no rare ingredient.',
          'Explains why before it says how.',
          'Ordered by what is in season where you live.',
        ],
        ['Cooking', 'Baking', 'Vegetarian'],
      ),
      book(
        'Travel & Nature',
        ['Walking North', 'Islands', 'Field Notes', 'River Atlas', 'Slow Trains', 'Birds at the Window'],
        ['planning and day-dreaming', 'walkers', 'window sills with a bird feeder'],
        [
          'Forty walks with maps that can be copied.',
          'Drawings from fifteen years of notebooks.',
          'Half guide, half memoir, and honest about the rain.',
        ],
        ['Travel', 'Nature', 'Essays'],
      ),
    ],
  },
};

export const toys: Department = {
  name: 'Toys & Games',
  code: 'TOY',
  brands: [
    { name: 'Hoppel', story: 'turns wood from the Ore Mountains into toys.', makes: ['Wooden Toys'] },
    { name: 'Spielraum', story: 'plays each game two hundred times before it is printed.', makes: ['For the Table'] },
    { name: 'Little Otter', story: 'stitches in a family workshop near Vilnius.', makes: ['Soft Toys'] },
  ],
  groups: {
    'For Small Hands': [
      {
        name: 'Wooden Toys',
        nouns: ['Building Blocks', 'Stacking Tower', 'Pull-Along Duck', 'Train Set', 'Marble Run'],
        materials: ['Beech', 'Maple', 'Lime Wood'],
        uses: ['first towers', 'living-room floors', 'grandparents who join in'],
        details: [
          'Water-based colours that are safe to chew.',
          'Edges are sanded by hand.',
          'Comes in a cotton bag, not in plastic.',
        ],
        price: [14, 89],
        weight: [260, 2_600],
        axes: [AXES.brightColour],
        attributes: { age: ['From 1 year', 'From 2 years', 'From 3 years'] },
      },
      {
        name: 'Soft Toys',
        nouns: ['Bear', 'Rabbit', 'Fox', 'Whale', 'Badger'],
        materials: ['Organic Cotton', 'Alpaca', 'Recycled Polyester'],
        uses: ['cots and car seats', 'being dragged by one ear', 'first nights away'],
        details: [
          'Machine-washable, as it must be.',
          'Eyes are embroidered, so nothing can come off.',
          'Filled with fibres from recycled bottles.',
        ],
        price: [16, 59],
        weight: [120, 620],
        axes: [AXES.softColour],
        attributes: { age: ['From birth', 'From 1 year'] },
      },
    ],
    'For the Table': [
      {
        name: 'Puzzles',
        naming: 'plain',
        nouns: ['Jigsaw Puzzle', 'Panorama Puzzle', 'Wooden Puzzle'],
        materials: ['Recycled Cardboard', 'Birch Plywood'],
        uses: ['the week between the years', 'patient people', 'tables nobody needs'],
        details: [
          'Pieces fit with a click and leave no dust.',
          'A poster of the picture is in the box.',
          'Missing a piece? It is sent for free.',
        ],
        price: [12, 39],
        weight: [380, 1_300],
        axes: [AXES.pieces],
        attributes: { age: ['From 8 years', 'From 12 years'] },
      },
      {
        name: 'Board Games',
        naming: 'plain',
        nouns: ['Strategy Game', 'Family Game', 'Cooperative Game', 'Quiz Game', 'Card Game'],
        materials: ['Recycled Cardboard', 'Beech'],
        uses: ['two to five who like each other', 'rainy afternoons', 'evenings without screens'],
        details: [
          'Explained in five minutes, played for years.',
          'No one is out before the end.',
          'The box fits on a bookshelf.',
        ],
        price: [12, 59],
        weight: [220, 1_900],
        axes: [AXES.edition],
        attributes: { age: ['From 6 years', 'From 8 years', 'From 10 years'], players: ['2', '2–4', '2–5', '3–6'] },
      },
    ],
  },
};

export const care: Department = {
  name: 'Bath & Body',
  code: 'BTH',
  brands: [
    { name: 'Seifenhaus', story: 'boils soap in open kettles, as it always was.', makes: ['Soaps', 'Skin Care'] },
    { name: 'Alba Botanica', story: 'distils its own lavender in Provence.', makes: ['Soaps', 'Skin Care'] },
    { name: 'Frottana Mill', story: 'weaves terry on looms from the sixties.', makes: ['Towels'] },
  ],
  groups: {
    Bath: [
      {
        name: 'Towels',
        nouns: ['Terry Towel', 'Waffle Towel', 'Hammam Towel', 'Bath Sheet'],
        materials: ['Organic Cotton', 'Linen', 'Bamboo Viscose'],
        uses: ['bathrooms without a dryer', 'sauna Sundays', 'sandy feet'],
        details: [
          'Loops are twisted once more, so they do not pull.',
          'Dries in half the time of ordinary terry.',
          'A loop on the short side, where hooks need it.',
        ],
        price: [9, 29],
        weight: [120, 780],
        axes: [AXES.towelSize, AXES.softColour],
        attributes: { pattern: ['Plain', 'Striped'] },
      },
      {
        name: 'Soaps',
        nouns: ['Hand Soap', 'Body Soap', 'Shampoo Bar', 'Bath Oil'],
        materials: ['Olive Oil', 'Shea Butter', 'Sea Salt'],
        uses: ['hands that garden', 'travelling without liquids', 'sensitive skin'],
        details: [
          'Matured for six weeks, so it lasts for months.',
          'Free of palm oil, silicones and microplastics.',
          'Scented with essential oils only, and gently.',
        ],
        price: [6, 24],
        weight: [80, 340],
        axes: [AXES.content],
        attributes: { scent: ['Lavender', 'Cedar', 'Citrus', 'Unscented', 'Fig'] },
      },
    ],
    'Face & Body': [
      {
        name: 'Skin Care',
        nouns: ['Face Cream', 'Body Lotion', 'Hand Balm', 'Face Oil', 'Sun Cream'],
        materials: ['Jojoba Oil', 'Shea Butter', 'Aloe Vera', 'Almond Oil'],
        uses: ['winter air', 'after shaving', 'every morning in one minute'],
        details: [
          'Absorbed quickly, leaves no shine.',
          'Tested by dermatologists, never on animals.',
          'The glass jar goes back for a deposit.',
        ],
        price: [12, 59],
        weight: [90, 380],
        axes: [AXES.content],
        attributes: { scent: ['Unscented', 'Rose', 'Citrus', 'Chamomile'] },
      },
    ],
  },
};
