/** The one Jest configuration. ESM through --experimental-vm-modules (see `npm test`); TypeScript through swc. */
export default {
  globalSetup: '<rootDir>/scripts/jest/globalSetup.mjs',
  globalTeardown: '<rootDir>/scripts/jest/globalTeardown.mjs',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['souk-source', 'node', 'node-addons'] },
  roots: [
    '<rootDir>/packages',
    '<rootDir>/subgraphs',
    '<rootDir>/gateway',
    '<rootDir>/one-process',
    '<rootDir>/local',
    '<rootDir>/audit',
    '<rootDir>/chaos',
    '<rootDir>/tests',
  ],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testTimeout: 30_000,
  // Modules of a test file that ran are never freed (https://github.com/jestjs/jest/issues/14605): in one process the whole suite grows to
  // 4 GB and collects garbage most of the time. A worker that has grown past this is replaced.
  workerIdleMemoryLimit: '800MB',
};
