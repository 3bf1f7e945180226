import { z } from 'zod';
import { baseConfig, ConfigError, configTypes, identityConfig, loadConfig } from './config.js';

const shape = {
  ...baseConfig,
  ...identityConfig,
  PORT: configTypes.port(4001),
  DATABASE_URL: configTypes.url().describe('where the data is'),
  KEYS: configTypes.json(z.array(z.string())).optional(),
};
const good = { IDENTITY_SECRET: 'ab'.repeat(32), DATABASE_URL: 'postgres://localhost/x' };

test('what is not set takes its default, what is set is parsed', () => {
  const config = loadConfig(shape, { ...good, PORT: '5000', KEYS: '["a"]', LOG_LEVEL: '' });
  expect(config).toMatchObject({
    PORT: 5000,
    KEYS: ['a'],
    LOG_LEVEL: 'info',
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
  });
});

test('all faults are told at once, with the purpose and without the value', () => {
  const faulty = { IDENTITY_SECRET: 'hunter2', PORT: '70000', NODE_ENV: 'staging', KEYS: '{' };
  const error = (() => {
    try {
      loadConfig(shape, faulty);
    } catch (thrown) {
      return thrown as ConfigError;
    }
    throw new Error('nothing was refused');
  })();
  expect(error).toBeInstanceOf(ConfigError);
  for (const name of ['IDENTITY_SECRET', 'PORT', 'NODE_ENV', 'KEYS', 'DATABASE_URL is not set (where the data is)']) {
    expect(error.message).toContain(name);
  }
  expect(error.message).not.toContain('hunter2');
});
