import { entityMatrix } from './entityMatrix.js';
import { rootFieldMatrix } from './rootFieldMatrix.js';
import { accessWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await accessWorld();
}, 240_000);

describe('entities and what services contribute to them', () => entityMatrix(() => world));
// Comes last: what is allowed is done.
describe('root fields', () => rootFieldMatrix(() => world));
