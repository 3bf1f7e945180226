/**
 * What every MongoDB does: run against the embedded store, or against the server at MONGODB_URL when that is set.
 * A case belongs here only when MongoDB's documentation promises it; what is ours alone is tested elsewhere.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  Binary,
  type Collection,
  type Db,
  Decimal128,
  type Document,
  Double,
  type Filter,
  Int32,
  Long,
  MongoClient,
  MongoServerError,
  ObjectId,
  UUID,
} from 'mongodb';
import { type DocumentStore, startDocumentStore } from './index.js';

interface Item extends Document {
  _id: number | string | ObjectId | Int32 | Long | readonly number[];
}

let store: DocumentStore | undefined;
let dataDir: string | undefined;
let client: MongoClient;
let db: Db;
let items: Collection<Item>;

beforeAll(async () => {
  let url = process.env.MONGODB_URL;
  if (!url) {
    dataDir = await mkdtemp(join(tmpdir(), 'souk-documents-'));
    store = await startDocumentStore({ dataDir, port: 0 });
    url = store.url;
  }
  client = await new MongoClient(url, { serverSelectionTimeoutMS: 5_000 }).connect();
  db = client.db(`conformance_${process.pid}`);
});
afterAll(async () => {
  await db.dropDatabase();
  await client.close();
  await store?.close();
  if (dataDir) await rm(dataDir, { recursive: true });
});
beforeEach(async () => {
  await db.dropDatabase();
  items = db.collection<Item>('items');
});

/** The server's refusal, as an object that can be compared. */
async function refusal(work: Promise<unknown>): Promise<Partial<MongoServerError>> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MongoServerError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
const code = async (work: Promise<unknown>): Promise<unknown> => (await refusal(work)).code;
/** For what MongoDB documents and an independent implementation may lack: CONFORMANCE_LENIENT=1 leaves it out. */
const strict = process.env.CONFORMANCE_LENIENT ? test.skip : test;
const ids = async (filter: Filter<Item>): Promise<unknown[]> =>
  (await items.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

describe('filters', () => {
  const documents: Item[] = [
    { _id: 1, n: 1, s: 'apple', tags: ['a', 'b'], at: new Date(1000), sub: { x: 1, y: 2 } },
    { _id: 2, n: 2.5, s: 'Banana', tags: ['b'], at: new Date(2000), sub: { y: 2, x: 1 } },
    { _id: 3, n: null, s: 'cherry', tags: [], flag: true },
    {
      _id: 4,
      s: 'date',
      tags: 'a',
      flag: false,
      list: [
        { k: 'p', v: 1 },
        { k: 'q', v: 2 },
      ],
    },
    {
      _id: 5,
      n: '1',
      list: [
        { k: 'p', v: 2 },
        { k: 'q', v: 1 },
      ],
      grid: [[1, 2], [3]],
    },
    { _id: 6, n: [1, 5], list: [], nested: { deep: [{ id: 7 }, { id: 8 }] } },
    { _id: 7, n: Long.fromString('9007199254740993') },
  ];
  const cases: Array<[string, Document, unknown[]]> = [
    ['equality matches numbers and array elements', { n: 1 }, [1, 6]],
    ['equality with a whole array', { n: [1, 5] }, [6]],
    ['equality with an embedded document minds the order of fields', { sub: { x: 1, y: 2 } }, [1]],
    ['null matches null and missing', { n: null }, [3, 4]],
    ['$exists tells null from missing', { n: { $exists: false } }, [4]],
    ['$exists true includes null', { n: { $exists: true } }, [1, 2, 3, 5, 6, 7]],
    ['$ne', { n: { $ne: 1 } }, [2, 3, 4, 5, 7]],
    ['$ne null', { n: { $ne: null } }, [1, 2, 5, 6, 7]],
    ['$gt compares numbers with numbers only', { n: { $gt: 1 } }, [2, 6, 7]],
    ['$gte and $lte', { n: { $gte: 1, $lte: 2.5 } }, [1, 2, 6]],
    ['$gte null matches null and missing', { n: { $gte: null } }, [3, 4]],
    ['int64 beyond 2^53 compares exactly', { n: { $gt: Long.fromString('9007199254740992') } }, [7]],
    ['strings compare by code point', { s: { $lt: 'b' } }, [1, 2]],
    ['dates', { at: { $gte: new Date(2000) } }, [2]],
    ['booleans', { flag: false }, [4]],
    ['$in', { n: { $in: [2.5, '1', 99] } }, [2, 5]],
    ['$in with null', { n: { $in: [null, 2.5] } }, [2, 3, 4]],
    ['$in with a pattern', { s: { $in: [/^a/, 'date'] } }, [1, 4]],
    ['$nin', { n: { $nin: [1, null] } }, [2, 5, 7]],
    ['a pattern', { s: /an/ }, [2]],
    ['$regex with $options', { s: { $regex: '^b', $options: 'i' } }, [2]],
    ['$not', { n: { $not: { $gt: 1 } } }, [1, 3, 4, 5]],
    ['$not with a pattern', { s: { $not: /a/ } }, [3, 5, 6, 7]],
    ['$and, $or, $nor', { $and: [{ $or: [{ n: 1 }, { n: 2.5 }] }, { $nor: [{ s: 'apple' }] }] }, [2, 6]],
    ['scalars and arrays alike', { tags: 'a' }, [1, 4]],
    ['$all', { tags: { $all: ['a', 'b'] } }, [1]],
    ['$all on a scalar', { tags: { $all: ['a'] } }, [1, 4]],
    ['$size', { tags: { $size: 0 } }, [3]],
    ['$elemMatch on one element', { list: { $elemMatch: { k: 'p', v: 2 } } }, [5]],
    ['$elemMatch on scalars', { n: { $elemMatch: { $gt: 1, $lt: 6 } } }, [6]],
    ['conditions on a path may match different elements', { 'list.k': 'p', 'list.v': 2 }, [4, 5]],
    ['a path through arrays', { 'nested.deep.id': 8 }, [6]],
    ['a position in a path', { 'list.0.v': 1 }, [4]],
    ['an array in an array', { grid: [1, 2] }, [5]],
    ['$type of a number and of an _id', { _id: { $type: 'number' }, n: { $type: ['null', 'string'] } }, [3, 5]],
    ['$all with $elemMatch', { list: { $all: [{ $elemMatch: { k: 'p', v: 1 } }, { $elemMatch: { k: 'q' } }] } }, [4]],
    ['$type', { s: { $type: 'string' }, tags: { $type: 'array' } }, [1, 2, 3]],
    ['$mod', { n: { $mod: [5, 0] } }, [6]],
    ['$expr', { $expr: { $eq: ['$n', '$_id'] } }, [1]],
    ['$comment is ignored', { $comment: 'why', n: 1 }, [1, 6]],
    ['nothing', { n: { $in: [] } }, []],
  ];
  test.each(cases)('%s', async (_name, filter, expected) => {
    await items.insertMany(documents);
    expect(await ids(filter)).toEqual(expected);
  });
  const indexed = ['n', 'tags', 's', 'list.k', 'list.v', 'nested.deep.id', 'sub', 'grid'];
  strict('an index never changes an answer', async () => {
    await items.insertMany(documents);
    for (const path of indexed) await items.createIndex({ [path]: 1 });
    for (const [name, filter, expected] of cases) expect([name, await ids(filter)]).toEqual([name, expected]);
  });

  const refused: Array<[string, Document, number]> = [
    ['an unknown operator', { n: { $foo: 1 } }, 2],
    ['an unknown top level operator', { $foo: 1 }, 2],
    ['an empty $or', { $or: [] }, 2],
    ['$in without an array', { n: { $in: 1 } }, 2],
    ['$and without an array', { $and: 1 }, 2],
    ['$not with a scalar', { n: { $not: 1 } }, 2],
    ['an unknown expression', { $expr: { $foo: 1 } }, 168],
  ];
  test.each(refused)('%s is refused', async (_name, filter, expected) => {
    expect(await code(items.find(filter).toArray())).toBe(expected);
  });
  strict('fields among operators are refused', async () => {
    expect(await code(items.find({ n: { $gt: 1, x: 2 } } as Filter<Item>).toArray())).toBe(2);
  });
  strict('a malformed pattern is refused', async () => {
    await items.insertOne({ _id: 1, s: 'a' });
    expect(await code(items.find({ s: { $regex: '(' } }).toArray())).toBe(51091);
  });
});

describe('sort, skip, limit and cursors', () => {
  test('sorts by the order of types, then by value; missing and null are one', async () => {
    const values = [true, 'b', 2, null, new Date(5), 'a', { x: 1 }, new ObjectId('0123456789abcdef01234567'), 1.5, [9]];
    await items.insertMany(values.map((v, i) => ({ _id: i, v })));
    await items.insertOne({ _id: 10 });
    const ascending = await items.find().sort({ v: 1, _id: 1 }).toArray();
    expect(ascending.map(({ _id }) => _id)).toEqual([3, 10, 8, 2, 9, 5, 1, 6, 7, 0, 4]);
    const descending = await items.find().sort({ v: -1, _id: -1 }).toArray();
    expect(descending.map(({ _id }) => _id)).toEqual([4, 0, 7, 6, 1, 5, 9, 2, 8, 10, 3]);
  });
  test('sorts an array by its smallest element upwards and by its largest downwards', async () => {
    await items.insertMany([
      { _id: 1, v: [5, 1] },
      { _id: 2, v: [3] },
      { _id: 3, v: [] },
    ]);
    expect((await items.find().sort({ v: 1 }).toArray()).map(({ _id }) => _id)).toEqual([3, 1, 2]);
    expect((await items.find().sort({ v: -1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 2, 3]);
  });
  test('sorts by several fields and by embedded ones', async () => {
    await items.insertMany([
      { _id: 1, a: { n: 2 }, b: 1 },
      { _id: 2, a: { n: 1 }, b: 2 },
      { _id: 3, a: { n: 2 }, b: 2 },
    ]);
    expect((await items.find().sort({ 'a.n': -1, b: -1 }).toArray()).map(({ _id }) => _id)).toEqual([3, 1, 2]);
  });
  strict('without sort comes in the order of insertion, which updates keep', async () => {
    await items.insertMany([{ _id: 'c' }, { _id: 'a' }, { _id: 'b' }]);
    await items.updateOne({ _id: 'c' }, { $set: { n: 1 } });
    expect((await items.find().toArray()).map(({ _id }) => _id)).toEqual(['c', 'a', 'b']);
    expect((await items.find().sort({ $natural: -1 }).toArray()).map(({ _id }) => _id)).toEqual(['b', 'a', 'c']);
  });
  test('skip and limit', async () => {
    await items.insertMany([1, 2, 3, 4, 5].map((_id) => ({ _id })));
    const page = await items.find().sort({ _id: -1 }).skip(1).limit(2).toArray();
    expect(page).toEqual([{ _id: 4 }, { _id: 3 }]);
    expect(await items.find().skip(10).toArray()).toEqual([]);
  });
  test('a cursor hands out every document once, in batches', async () => {
    await items.insertMany(Array.from({ length: 350 }, (_, _id) => ({ _id })));
    for (const batchSize of [1, 7, 100, 1000]) {
      const seen = await items.find().sort({ _id: 1 }).batchSize(batchSize).toArray();
      expect(seen.map(({ _id }) => _id)).toEqual(Array.from({ length: 350 }, (_, i) => i));
    }
  });
  test('a closed cursor is gone: CursorNotFound', async () => {
    await items.insertMany(Array.from({ length: 10 }, (_, _id) => ({ _id })));
    const { cursor } = await db.command({ find: 'items', batchSize: 2 });
    expect(cursor.firstBatch).toEqual([{ _id: 0 }, { _id: 1 }]);
    const more = await db.command({ getMore: Long.fromValue(cursor.id), collection: 'items', batchSize: 3 });
    expect(more.cursor.nextBatch).toEqual([{ _id: 2 }, { _id: 3 }, { _id: 4 }]);
    const killed = await db.command({ killCursors: 'items', cursors: [Long.fromValue(cursor.id)] });
    expect(killed.cursorsKilled.map(String)).toEqual([String(cursor.id)]);
    expect(await code(db.command({ getMore: Long.fromValue(cursor.id), collection: 'items' }))).toBe(43);
  });
  strict('singleBatch leaves no cursor open', async () => {
    await items.insertMany([{ _id: 1 }, { _id: 2 }]);
    const { cursor } = await db.command({ find: 'items', batchSize: 1, singleBatch: true });
    expect([cursor.firstBatch, Number(cursor.id)]).toEqual([[{ _id: 1 }], 0]);
  });
  strict('a negative limit and skip are refused', async () => {
    expect(await code(db.command({ find: 'items', skip: -1 }))).toBe(51024);
  });
});

describe('projections', () => {
  const document: Item = {
    _id: 1,
    a: 1,
    b: { c: 2, d: 3 },
    list: [
      { k: 'x', v: 1 },
      { k: 'y', v: 2 },
    ],
    tags: ['p', 'q', 'r'],
  };
  const cases: Array<[string, Document, Document]> = [
    ['inclusion', { a: 1 }, { _id: 1, a: 1 }],
    ['inclusion without _id', { a: true, _id: 0 }, { a: 1 }],
    ['exclusion', { b: 0, list: 0, tags: 0 }, { _id: 1, a: 1 }],
    ['only _id', { _id: 1 }, { _id: 1 }],
    ['without _id', { _id: 0, list: 0, tags: 0 }, { a: 1, b: { c: 2, d: 3 } }],
    ['a path', { 'b.c': 1 }, { _id: 1, b: { c: 2 } }],
    ['a nested specification', { b: { c: 1 } }, { _id: 1, b: { c: 2 } }],
    ['a path through an array', { 'list.v': 1 }, { _id: 1, list: [{ v: 1 }, { v: 2 }] }],
    [
      'excluding a path through an array',
      { 'list.v': 0, a: 0, b: 0, tags: 0 },
      { _id: 1, list: [{ k: 'x' }, { k: 'y' }] },
    ],
    ['a missing field', { zzz: 1 }, { _id: 1 }],
    ['$slice', { tags: { $slice: 2 }, a: 1 }, { _id: 1, a: 1, tags: ['p', 'q'] }],
    ['$elemMatch', { list: { $elemMatch: { v: 2 } } }, { _id: 1, list: [{ k: 'y', v: 2 }] }],
    ['an expression', { double: { $multiply: ['$a', 2] } }, { _id: 1, double: 2 }],
  ];
  test.each(cases)('%s', async (_name, projection, expected) => {
    await items.insertOne(document);
    expect(await items.findOne({}, { projection })).toEqual(expected);
  });
  test('the matched element', async () => {
    await items.insertOne(document);
    expect(await items.findOne({ 'list.k': 'y' }, { projection: { 'list.$': 1 } })).toEqual({
      _id: 1,
      list: [{ k: 'y', v: 2 }],
    });
  });
  test('mixing inclusion and exclusion is refused', async () => {
    await items.insertOne(document);
    expect(await code(items.find({}, { projection: { a: 1, b: 0 } }).toArray())).toBe(31254);
    expect(await code(items.find({}, { projection: { a: 0, b: 1 } }).toArray())).toBe(31253);
  });
});

describe('updates', () => {
  const cases: Array<[string, Item, Document, Document, Document?, Document[]?]> = [
    ['$set', { _id: 1, a: 1 }, { $set: { a: 2, b: 3 } }, { _id: 1, a: 2, b: 3 }],
    ['$set makes the way to a new field', { _id: 1 }, { $set: { 'a.b.c': 1 } }, { _id: 1, a: { b: { c: 1 } } }],
    ['$set fills an array with null', { _id: 1, a: [1] }, { $set: { 'a.3': 4 } }, { _id: 1, a: [1, null, null, 4] }],
    ['$unset', { _id: 1, a: 1, b: { c: 1, d: 2 } }, { $unset: { a: '', 'b.c': '' } }, { _id: 1, b: { d: 2 } }],
    ['$unset leaves null in an array', { _id: 1, a: [1, 2] }, { $unset: { 'a.0': '' } }, { _id: 1, a: [null, 2] }],
    ['$inc', { _id: 1, n: 1 }, { $inc: { n: 2, m: 5 } }, { _id: 1, n: 3, m: 5 }],
    ['$mul', { _id: 1, n: 3 }, { $mul: { n: 2, m: 5 } }, { _id: 1, n: 6, m: 0 }],
    ['$min and $max', { _id: 1, a: 5, b: 5 }, { $min: { a: 3, c: 1 }, $max: { b: 3 } }, { _id: 1, a: 3, b: 5, c: 1 }],
    ['$rename', { _id: 1, a: 1, b: 2 }, { $rename: { a: 'c' } }, { _id: 1, b: 2, c: 1 }],
    ['$push', { _id: 1, a: [1] }, { $push: { a: 2, b: 1 } }, { _id: 1, a: [1, 2], b: [1] }],
    [
      '$push with $each, $position',
      { _id: 1, a: [1, 4] },
      { $push: { a: { $each: [2, 3], $position: 1 } } },
      { _id: 1, a: [1, 2, 3, 4] },
    ],
    [
      '$push with $sort and $slice',
      { _id: 1, a: [{ n: 3 }] },
      { $push: { a: { $each: [{ n: 1 }, { n: 2 }], $sort: { n: -1 }, $slice: 2 } } },
      { _id: 1, a: [{ n: 3 }, { n: 2 }] },
    ],
    [
      '$push keeps the last ones',
      { _id: 1, a: [1, 2] },
      { $push: { a: { $each: [3], $slice: -2 } } },
      { _id: 1, a: [2, 3] },
    ],
    [
      '$addToSet',
      { _id: 1, a: [1, 2] },
      { $addToSet: { a: 2, b: { $each: [1, 1, 2] } } },
      { _id: 1, a: [1, 2], b: [1, 2] },
    ],
    ['$pop', { _id: 1, a: [1, 2, 3], b: [1, 2] }, { $pop: { a: 1, b: -1 } }, { _id: 1, a: [1, 2], b: [2] }],
    ['$pull a value', { _id: 1, a: [1, 2, 1] }, { $pull: { a: 1 } }, { _id: 1, a: [2] }],
    ['$pull by operators', { _id: 1, a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { _id: 1, a: [1] }],
    [
      '$pull by fields',
      {
        _id: 1,
        a: [
          { k: 1, v: 1 },
          { k: 2, v: 1 },
        ],
      },
      { $pull: { a: { k: 2 } } },
      { _id: 1, a: [{ k: 1, v: 1 }] },
    ],
    ['$pullAll', { _id: 1, a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { _id: 1, a: [2] }],
    ['$setOnInsert does nothing to what exists', { _id: 1 }, { $setOnInsert: { a: 1 } }, { _id: 1 }],
    [
      'the matched element',
      {
        _id: 1,
        v: [
          { k: 'a', n: 1 },
          { k: 'b', n: 2 },
        ],
      },
      { $set: { 'v.$.n': 9 } },
      {
        _id: 1,
        v: [
          { k: 'a', n: 1 },
          { k: 'b', n: 9 },
        ],
      },
      { 'v.k': 'b' },
    ],
    [
      'the element matched by $elemMatch',
      {
        _id: 1,
        v: [
          { k: 'a', n: 1 },
          { k: 'a', n: 2 },
        ],
      },
      { $inc: { 'v.$.n': 9 } },
      {
        _id: 1,
        v: [
          { k: 'a', n: 1 },
          { k: 'a', n: 11 },
        ],
      },
      { _id: 1, v: { $elemMatch: { k: 'a', n: 2 } } },
    ],
    ['the matched scalar', { _id: 1, v: [5, 6] }, { $set: { 'v.$': 7 } }, { _id: 1, v: [5, 7] }, { v: 6 }],
    [
      'all elements',
      { _id: 1, v: [{ n: 1 }, { n: 2 }] },
      { $inc: { 'v.$[].n': 1 } },
      { _id: 1, v: [{ n: 2 }, { n: 3 }] },
    ],
    [
      'filtered elements',
      {
        _id: 1,
        v: [
          { k: 1, n: 1 },
          { k: 2, n: 2 },
        ],
      },
      { $set: { 'v.$[e].n': 0 } },
      {
        _id: 1,
        v: [
          { k: 1, n: 1 },
          { k: 2, n: 0 },
        ],
      },
      {},
      [{ 'e.k': 2 }],
    ],
    [
      'filtered scalars',
      { _id: 1, v: [1, 5, 9] },
      { $mul: { 'v.$[e]': 2 } },
      { _id: 1, v: [1, 10, 18] },
      {},
      [{ e: { $gte: 5 } }],
    ],
    [
      'removing the matched element’s field',
      { _id: 1, v: [{ k: 1, n: 1 }] },
      { $unset: { 'v.$.n': '' } },
      { _id: 1, v: [{ k: 1 }] },
      { 'v.k': 1 },
    ],
  ];
  test.each(cases)('%s', async (_name, before, update, after, filter = {}, arrayFilters = []) => {
    await items.insertOne(before);
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    const result = await items.updateOne(filter, update, arrayFilters.length > 0 ? { arrayFilters } : {});
    expect([result.matchedCount, result.modifiedCount]).toEqual([1, isSame ? 0 : 1]);
    expect(JSON.stringify(await items.findOne())).toBe(JSON.stringify(after));
  });

  const refused: Array<[string, Item, Document, number, Document?, Document[]?]> = [
    ['changing _id', { _id: 1 }, { $set: { _id: 2 } }, 66],
    ['one path twice', { _id: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['a path inside another', { _id: 1 }, { $set: { a: 1, 'a.b': 1 } }, 40],
    ['an unknown operator', { _id: 1 }, { $foo: { a: 1 } }, 9],
    ['$inc of a string', { _id: 1, a: 'x' }, { $inc: { a: 1 } }, 14],
    ['$inc by a string', { _id: 1, a: 1 }, { $inc: { a: 'x' } }, 14],
    ['$push to a scalar', { _id: 1, a: 1 }, { $push: { a: 1 } }, 2],
    ['$addToSet to a scalar', { _id: 1, a: 1 }, { $addToSet: { a: 1 } }, 2],
    ['$pop of a scalar', { _id: 1, a: 1 }, { $pop: { a: 1 } }, 14],
    ['$pull from a scalar', { _id: 1, a: 1 }, { $pull: { a: 1 } }, 2],
    ['a path through a scalar', { _id: 1, a: 1 }, { $set: { 'a.b': 1 } }, 28],
    ['a positional update that nothing matched', { _id: 1, v: [1] }, { $set: { 'v.$': 2 } }, 2, { _id: 1 }],
    ['an unused array filter', { _id: 1, v: [1] }, { $set: { a: 2 } }, 9, {}, [{ e: 1 }]],
    ['a missing array filter', { _id: 1, v: [1] }, { $set: { 'v.$[e]': 2 } }, 2],
    ['int64 overflow', { _id: 1, n: Long.MAX_VALUE }, { $inc: { n: Long.ONE } }, 2],
  ];
  test.each(refused)(
    '%s is refused and changes nothing',
    async (_name, before, update, expected, filter = {}, arrayFilters = []) => {
      await items.insertOne(before);
      expect(await code(items.updateOne(filter, update, arrayFilters.length > 0 ? { arrayFilters } : {}))).toBe(
        expected,
      );
      expect(await items.findOne()).toEqual(before);
    },
  );

  strict('$set adds new fields in the order of their names', async () => {
    await items.insertOne({ _id: 1 });
    await items.updateOne({}, { $set: { z: 1, b: 2 } });
    expect(Object.keys((await items.findOne()) as Document)).toEqual(['_id', 'b', 'z']);
  });
  test('$currentDate', async () => {
    await items.insertOne({ _id: 1 });
    await items.updateOne({}, { $currentDate: { at: true } });
    const { at } = (await items.findOne()) as Document;
    expect(Math.abs(Date.now() - at.getTime())).toBeLessThan(10_000);
  });
  test('updateMany changes every match and counts what really changed', async () => {
    await items.insertMany([{ _id: 1, a: 1 }, { _id: 2, a: 2 }, { _id: 3 }]);
    const result = await items.updateMany({ a: { $exists: true } }, { $set: { a: 2 } });
    expect([result.matchedCount, result.modifiedCount]).toEqual([2, 1]);
  });
  test('replaceOne keeps _id and nothing else', async () => {
    await items.insertOne({ _id: 1, a: 1, b: 2 });
    await items.replaceOne({ _id: 1 }, { c: 3 });
    expect(await items.findOne()).toEqual({ _id: 1, c: 3 });
    expect(await code(items.replaceOne({ _id: 1 }, { _id: 2, c: 3 }))).toBe(66);
  });
  test('a pipeline update reads the document', async () => {
    await items.insertOne({ _id: 1, a: 2, b: 3 });
    await items.updateOne({}, [{ $set: { sum: { $add: ['$a', '$b'] } } }, { $unset: 'a' }]);
    expect(await items.findOne()).toEqual({ _id: 1, b: 3, sum: 5 });
  });
  test('an upsert inserts what filter and update say', async () => {
    const result = await items.updateOne(
      { _id: 7, 'a.b': 1, n: { $gt: 5 }, k: { $eq: 'x' } },
      { $set: { c: 1 }, $setOnInsert: { d: 2 }, $inc: { e: 3 } },
      { upsert: true },
    );
    expect([result.matchedCount, result.upsertedCount, result.upsertedId]).toEqual([0, 1, 7]);
    expect(await items.findOne()).toEqual({ _id: 7, a: { b: 1 }, k: 'x', c: 1, d: 2, e: 3 });
    const again = await items.updateOne({ _id: 7 }, { $setOnInsert: { d: 9 } }, { upsert: true });
    expect([again.matchedCount, again.upsertedCount]).toEqual([1, 0]);
  });
  test('an upsert makes an ObjectId when the filter has no _id', async () => {
    const { upsertedId } = await db.collection('items').updateOne({ a: 1 }, { $set: { b: 2 } }, { upsert: true });
    expect(upsertedId).toBeInstanceOf(ObjectId);
    expect(await db.collection('items').findOne()).toEqual({ _id: upsertedId, a: 1, b: 2 });
  });
  test('a replacement may be an upsert', async () => {
    await items.replaceOne({ _id: 3 }, { a: 1 }, { upsert: true });
    expect(await items.findOne()).toEqual({ _id: 3, a: 1 });
  });
  test('unordered writes go on after a refusal, ordered ones stop', async () => {
    await items.insertOne({ _id: 1, a: 1 });
    const updates: Document[] = [{ $push: { a: 1 } }, { $set: { b: 2 } }];
    const operations = updates.map((update) => ({ updateOne: { filter: { _id: 1 }, update } }));
    expect(await code(items.bulkWrite(operations))).toBe(2);
    expect(await items.findOne()).toEqual({ _id: 1, a: 1 });
    expect(await code(items.bulkWrite(operations, { ordered: false }))).toBe(2);
    expect(await items.findOne()).toEqual({ _id: 1, a: 1, b: 2 });
  });
});

describe('inserts and deletes', () => {
  test('an insert without _id gets one, as the first field', async () => {
    await db.command({ insert: 'items', documents: [{ a: 1 }] });
    const document = (await items.findOne()) as Document;
    expect(Object.keys(document)).toEqual(['_id', 'a']);
    expect(document._id).toBeInstanceOf(ObjectId);
  });
  test('a duplicate _id is refused with pattern and value', async () => {
    await items.insertOne({ _id: 1, a: 1 });
    const { code: number, keyPattern, keyValue } = await refusal(items.insertOne({ _id: 1, a: 2 }));
    expect([number, keyPattern, keyValue]).toEqual([11000, { _id: 1 }, { _id: 1 }]);
    expect(await items.find().toArray()).toEqual([{ _id: 1, a: 1 }]);
  });
  test('an ordered insertMany stops at the refusal, an unordered one goes on', async () => {
    await items.insertOne({ _id: 2 });
    expect(await code(items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]))).toBe(11000);
    expect(await ids({})).toEqual([1, 2]);
    expect(await code(items.insertMany([{ _id: 2 }, { _id: 4 }, { _id: 1 }, { _id: 5 }], { ordered: false }))).toBe(
      11000,
    );
    expect(await ids({})).toEqual([1, 2, 4, 5]);
  });
  strict('an array is no _id', async () => {
    expect(await code(items.insertOne({ _id: [1] }))).toBe(53);
  });
  test('deleteOne and deleteMany', async () => {
    await items.insertMany([1, 2, 3, 4].map((_id) => ({ _id, even: _id % 2 === 0 })));
    expect((await items.deleteOne({ even: true })).deletedCount).toBe(1);
    expect((await items.deleteMany({ even: false })).deletedCount).toBe(2);
    expect(await ids({})).toEqual([4]);
    expect((await items.deleteMany({})).deletedCount).toBe(1);
  });
  test('an empty collection answers empty', async () => {
    const none = db.collection<Item>('none');
    expect(await none.find().toArray()).toEqual([]);
    expect([await none.countDocuments(), await none.estimatedDocumentCount(), await none.distinct('a')]).toEqual([
      0,
      0,
      [],
    ]);
    expect((await none.updateOne({}, { $set: { a: 1 } })).matchedCount).toBe(0);
    expect((await none.deleteMany({})).deletedCount).toBe(0);
    expect(await none.findOneAndDelete({})).toBeNull();
    expect(await none.aggregate([{ $match: {} }]).toArray()).toEqual([]);
  });
});

describe('types', () => {
  const typed: Item = {
    _id: new ObjectId('0123456789abcdef01234567'),
    int: new Int32(5),
    double: new Double(5),
    long: Long.fromString('9007199254740993'),
    small: Long.fromNumber(5),
    decimal: Decimal128.fromString('1.50'),
    date: new Date('2026-01-02T03:04:05.678Z'),
    binary: new Binary(Buffer.from([1, 2, 3])),
    uuid: new UUID('3e6ee3c8-2d0b-4b6e-9a43-0a0f3b4a0a11'),
    regex: /a.b/i,
    empty: {},
    none: null,
    yes: true,
    text: 'žluťoučký 😀',
    list: [new Double(1), new Int32(1), Long.ONE],
  };
  const exact = { promoteValues: false };
  test('every type comes back as it was stored', async () => {
    await items.insertOne(typed);
    expect(await items.findOne({}, exact)).toEqual(typed);
    expect(await items.findOne({}, { ...exact, projection: { double: 1, list: 1 } })).toEqual({
      _id: typed._id,
      double: typed.double,
      list: typed.list,
    });
  });
  test('an update keeps the types of what it does not touch', async () => {
    await items.insertOne(typed);
    await items.updateOne({}, { $set: { touched: 1 } });
    expect(await items.findOne({}, exact)).toEqual({ ...typed, touched: new Int32(1) });
    await items.updateOne({}, [{ $set: { touched: '$text' } }]);
    expect(await items.findOne({}, exact)).toEqual({ ...typed, touched: typed.text });
  });
  test('arithmetic widens as MongoDB’s does', async () => {
    await items.insertOne({ _id: 1, int: new Int32(2147483647), a: new Int32(1), b: new Int32(1), c: new Double(1) });
    await items.updateOne({}, { $inc: { int: 1, a: Long.ONE, b: new Double(1), c: 1 } });
    expect(await items.findOne({}, exact)).toEqual({
      _id: new Int32(1),
      int: Long.fromNumber(2147483648),
      a: Long.fromNumber(2),
      b: new Double(2),
      c: new Double(2),
    });
  });
  test('an _id of any kind of number is the same _id', async () => {
    await items.insertOne({ _id: new Int32(5) });
    expect(await code(items.insertOne({ _id: Long.fromNumber(5) }))).toBe(11000);
    expect(await items.countDocuments({ _id: new Double(5) })).toBe(1);
  });
});

describe('findAndModify', () => {
  test('answers the document before or after', async () => {
    await items.insertOne({ _id: 1, n: 1 });
    expect(await items.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } })).toEqual({ _id: 1, n: 1 });
    expect(
      await items.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: 'after', projection: { _id: 0 } }),
    ).toEqual({ n: 3 });
    expect(await items.findOneAndUpdate({ _id: 2 }, { $inc: { n: 1 } })).toBeNull();
  });
  test('takes the first by sort', async () => {
    await items.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 3 },
      { _id: 3, n: 2 },
    ]);
    expect(await items.findOneAndDelete({}, { sort: { n: -1 } })).toEqual({ _id: 2, n: 3 });
    expect(await items.findOneAndReplace({}, { n: 9 }, { sort: { n: -1 }, returnDocument: 'after' })).toEqual({
      _id: 3,
      n: 9,
    });
    expect(await ids({})).toEqual([1, 3]);
  });
  test('upserts', async () => {
    const raw = await items.findOneAndUpdate(
      { _id: 5 },
      { $set: { a: 1 } },
      { upsert: true, returnDocument: 'after', includeResultMetadata: true },
    );
    expect([raw.value, raw.lastErrorObject]).toEqual([
      { _id: 5, a: 1 },
      { n: 1, updatedExisting: false, upserted: 5 },
    ]);
  });
  test('a duplicate key is refused', async () => {
    await items.createIndex({ k: 1 }, { unique: true });
    await items.insertMany([
      { _id: 1, k: 'a' },
      { _id: 2, k: 'b' },
    ]);
    const {
      code: number,
      keyPattern,
      keyValue,
    } = await refusal(items.findOneAndUpdate({ _id: 2 }, { $set: { k: 'a' } }));
    expect([number, keyPattern, keyValue]).toEqual([11000, { k: 1 }, { k: 'a' }]);
    expect(await items.findOne({ _id: 2 })).toEqual({ _id: 2, k: 'b' });
  });
});

describe('aggregation', () => {
  beforeEach(async () => {
    await items.insertMany([
      { _id: 1, cat: 'a', price: 10, tags: ['x', 'y'] },
      { _id: 2, cat: 'b', price: 20, tags: ['x'] },
      { _id: 3, cat: 'a', price: 30, tags: [] },
    ]);
  });
  const cases: Array<[string, Document[], Document[]]> = [
    [
      '$match, $sort, $skip, $limit',
      [
        { $match: { price: { $gt: 5 } } },
        { $sort: { price: -1 } },
        { $skip: 1 },
        { $limit: 1 },
        { $project: { price: 1 } },
      ],
      [{ _id: 2, price: 20 }],
    ],
    [
      '$group',
      [
        { $group: { _id: '$cat', total: { $sum: '$price' }, most: { $max: '$price' }, all: { $push: '$_id' } } },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: 'a', total: 40, most: 30, all: [1, 3] },
        { _id: 'b', total: 20, most: 20, all: [2] },
      ],
    ],
    [
      '$unwind',
      [{ $unwind: '$tags' }, { $project: { tags: 1 } }],
      [
        { _id: 1, tags: 'x' },
        { _id: 1, tags: 'y' },
        { _id: 2, tags: 'x' },
      ],
    ],
    ['$count', [{ $match: { cat: 'a' } }, { $count: 'n' }], [{ n: 2 }]],
    [
      '$addFields and $project',
      [
        { $match: { _id: 1 } },
        { $addFields: { gross: { $multiply: ['$price', 2] } } },
        { $project: { _id: 0, gross: 1, label: { $concat: ['$cat', '-', { $toString: '$price' }] } } },
      ],
      [{ gross: 20, label: 'a-10' }],
    ],
    [
      '$facet',
      [{ $facet: { n: [{ $count: 'n' }], cheap: [{ $match: { price: { $lt: 15 } } }, { $project: { _id: 1 } }] } }],
      [{ n: [{ n: 3 }], cheap: [{ _id: 1 }] }],
    ],
    [
      '$lookup',
      [
        { $match: { _id: 2 } },
        { $lookup: { from: 'items', localField: 'cat', foreignField: 'cat', as: 'same' } },
        { $project: { n: { $size: '$same' } } },
      ],
      [{ _id: 2, n: 1 }],
    ],
    ['$limit before $match', [{ $sort: { _id: 1 } }, { $limit: 1 }, { $match: { cat: 'b' } }], []],
    [
      '$sortByCount',
      [{ $sortByCount: '$cat' }],
      [
        { _id: 'a', count: 2 },
        { _id: 'b', count: 1 },
      ],
    ],
    ['$replaceRoot', [{ $match: { _id: 2 } }, { $replaceRoot: { newRoot: { id: '$_id' } } }], [{ id: 2 }]],
    [
      '$match with a pattern after a stage',
      [{ $project: { cat: 1 } }, { $match: { cat: /^B/i } }],
      [{ _id: 2, cat: 'b' }],
    ],
  ];
  test.each(cases)('%s', async (_name, pipeline, expected) => {
    expect(await items.aggregate(pipeline).toArray()).toEqual(expected);
    expect(await items.countDocuments({ tags: 'x', price: { $lte: 30 } })).toBe(2);
  });
  strict('$addFields and $set go into arrays', async () => {
    await items.updateOne({ _id: 1 }, { $set: { list: [{ k: 1 }, { k: 2 }] } });
    const pipeline = [
      { $match: { _id: 1 } },
      { $addFields: { 'list.v': '$price', 'sub.x': 1 } },
      { $project: { list: 1, sub: 1 } },
    ];
    expect(await items.aggregate(pipeline).toArray()).toEqual([
      {
        _id: 1,
        list: [
          { k: 1, v: 10 },
          { k: 2, v: 10 },
        ],
        sub: { x: 1 },
      },
    ]);
  });
  test('results come in batches', async () => {
    expect(
      await items.aggregate([{ $sort: { _id: 1 } }, { $project: { _id: 1 } }], { batchSize: 1 }).toArray(),
    ).toEqual([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
  });
  test('unknown stages and malformed pipelines are refused', async () => {
    expect(await code(items.aggregate([{ $foo: 1 }]).toArray())).toBe(40324);
    expect(await code(items.aggregate([{ $match: {}, $sort: { _id: 1 } }]).toArray())).toBe(40323);
    expect(await code(items.aggregate([{ $project: { a: { $foo: 1 } } }]).toArray())).toBe(31325);
    expect(await code(items.aggregate([{ $addFields: { a: { $foo: 1 } } }]).toArray())).toBe(168);
    expect(await code(db.command({ aggregate: 'items', pipeline: [] }))).toBe(9);
  });
});

describe('count and distinct', () => {
  test('count with filter, skip and limit', async () => {
    await items.insertMany([1, 2, 3, 4].map((_id) => ({ _id, a: _id % 2 })));
    expect(await items.countDocuments({ a: 1 })).toBe(2);
    expect(await items.countDocuments({}, { skip: 1, limit: 2 })).toBe(2);
    expect((await db.command({ count: 'items', query: { a: 0 } })).n).toBe(2);
  });
  test('distinct goes into arrays', async () => {
    await items.insertMany([{ _id: 1, t: ['a', 'b'] }, { _id: 2, t: 'b' }, { _id: 3, t: ['c'] }, { _id: 4 }]);
    expect((await items.distinct('t')).sort()).toEqual(['a', 'b', 'c']);
    expect((await items.distinct('t', { _id: { $lte: 2 } })).sort()).toEqual(['a', 'b']);
  });
});

describe('indexes', () => {
  test('a unique index counts a missing field as null', async () => {
    await items.createIndex({ k: 1 }, { unique: true });
    await items.insertOne({ _id: 1 });
    const { code: number, keyValue } = await refusal(items.insertOne({ _id: 2 }));
    expect([number, keyValue]).toEqual([11000, { k: null }]);
  });
  test('a sparse unique index does not count a missing field', async () => {
    await items.createIndex({ k: 1 }, { unique: true, sparse: true });
    await items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3, k: 'a' }]);
    expect(await code(items.insertOne({ _id: 4, k: 'a' }))).toBe(11000);
  });
  test('a partial unique index counts only what it is about', async () => {
    await items.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { live: true } });
    await items.insertMany([
      { _id: 1, k: 'a' },
      { _id: 2, k: 'a' },
      { _id: 3, k: 'a', live: true },
    ]);
    expect(await code(items.updateOne({ _id: 1 }, { $set: { live: true } }))).toBe(11000);
    expect(await ids({ k: 'a' })).toEqual([1, 2, 3]);
  });
  test('a unique index over array elements holds between documents, not inside one', async () => {
    await items.createIndex({ 'v.sku': 1 }, { unique: true });
    await items.insertOne({ _id: 1, v: [{ sku: 'a' }, { sku: 'a' }] });
    expect(await code(items.insertOne({ _id: 2, v: [{ sku: 'b' }, { sku: 'a' }] }))).toBe(11000);
    await items.updateOne({ _id: 1 }, { $set: { 'v.1.sku': 'c' } });
    expect(await ids({ 'v.sku': 'c' })).toEqual([1]);
    await items.updateOne({ _id: 1 }, { $set: { v: [] } });
    await items.insertOne({ _id: 2, v: [{ sku: 'a' }] });
    expect(await ids({ 'v.sku': 'a' })).toEqual([2]);
  });
  test('a compound unique index', async () => {
    await items.createIndex({ a: 1, b: -1 }, { unique: true });
    await items.insertMany([
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 1, b: 2 },
    ]);
    const { code: number, keyPattern, keyValue } = await refusal(items.insertOne({ _id: 3, a: 1, b: 2 }));
    expect([number, keyPattern, keyValue]).toEqual([11000, { a: 1, b: -1 }, { a: 1, b: 2 }]);
    expect(await ids({ a: 1, b: 2 })).toEqual([2]);
  });
  test('a unique index can not be built over duplicates', async () => {
    await items.insertMany([
      { _id: 1, k: 1 },
      { _id: 2, k: 1 },
    ]);
    expect(await code(items.createIndex({ k: 1 }, { unique: true }))).toBe(11000);
    expect((await items.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });
  test('the same index twice is one; another of its name or key is refused', async () => {
    await items.createIndex({ k: 1 });
    await items.createIndex({ k: 1 });
    expect((await items.indexes()).map(({ name, key }) => [name, key])).toEqual([
      ['_id_', { _id: 1 }],
      ['k_1', { k: 1 }],
    ]);
    expect(await code(items.createIndex({ k: 1 }, { name: 'other' }))).toBe(85);
    expect(await code(items.createIndex({ x: 1 }, { name: 'k_1' }))).toBe(86);
    expect(await code(items.createIndex({ k: 1 }, { unique: true }))).toBe(86);
  });
  test('indexes are dropped by name', async () => {
    await items.createIndex({ k: 1 }, { unique: true });
    await items.dropIndex('k_1');
    await items.insertMany([{ _id: 1 }, { _id: 2 }]);
    expect(await code(items.dropIndex('k_1'))).toBe(27);
    expect(await code(items.dropIndex('_id_'))).toBe(72);
    expect(await code(db.command({ dropIndexes: 'none', index: '*' }))).toBe(26);
    expect(await code(db.command({ listIndexes: 'none' }))).toBe(26);
  });
  test('50 concurrent upserts of one key make one document', async () => {
    await items.createIndex({ slug: 1 }, { unique: true });
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        items.updateOne({ slug: 'same' }, { $setOnInsert: { _id: i }, $inc: { n: 1 } }, { upsert: true }),
      ),
    );
    const done = results.filter(({ status }) => status === 'fulfilled').length;
    const [document, ...others] = await items.find().toArray();
    expect(others).toEqual([]);
    expect(document?.n).toBe(done);
  });
  test('concurrent increments are all counted', async () => {
    await items.insertOne({ _id: 1, n: 0 });
    await Promise.all(Array.from({ length: 100 }, () => items.updateOne({ _id: 1 }, { $inc: { n: 1 } })));
    expect(await items.findOne()).toEqual({ _id: 1, n: 100 });
  });
  test('of 20 concurrent conditional updates exactly the allowed ones happen', async () => {
    await items.insertOne({ _id: 1, left: 5 });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => items.updateOne({ _id: 1, left: { $gt: 0 } }, { $inc: { left: -1 } })),
    );
    expect(results.reduce((sum, { modifiedCount }) => sum + modifiedCount, 0)).toBe(5);
    expect(await items.findOne()).toEqual({ _id: 1, left: 0 });
  });
});

describe('databases and commands', () => {
  test('collections are listed, made and dropped', async () => {
    await db.createCollection('made');
    await items.insertOne({ _id: 1 });
    expect((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort()).toEqual([
      'items',
      'made',
    ]);
    expect((await db.listCollections({ name: 'made' }).toArray()).map(({ name, type }) => [name, type])).toEqual([
      ['made', 'collection'],
    ]);
    expect((await db.admin().listDatabases({ nameOnly: true })).databases.map(({ name }) => name)).toContain(
      db.databaseName,
    );
    await items.drop();
    expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(['made']);
    await db.dropDatabase();
    expect(await db.listCollections().toArray()).toEqual([]);
  });
  test('ping and buildInfo answer', async () => {
    expect(await db.command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect((await db.admin().buildInfo()).version).toMatch(/^\d+\.\d+/);
  });
  test('an unknown command is CommandNotFound', async () => {
    const { code: number, codeName } = await refusal(db.command({ fooBar: 1 }));
    expect([number, codeName]).toEqual([59, 'CommandNotFound']);
  });
  strict('an unknown field of a command is refused', async () => {
    expect(await code(db.command({ find: 'items', foo: 1 }))).toBe(40415);
  });
  test('an invalid namespace is refused', async () => {
    expect(await code(db.command({ insert: '', documents: [{ a: 1 }] }))).toBe(73);
  });
  test('sessions are accepted', async () => {
    await client.withSession(async (session) => {
      await items.insertOne({ _id: 1 }, { session });
      expect(await items.findOne({}, { session })).toEqual({ _id: 1 });
    });
  });
});
