import { readFileSync } from 'node:fs';

const dockerfile = readFileSync('docker/Dockerfile', 'utf8');
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { link?: boolean; resolved?: string }>;
};
const workspaces = Object.values(lock.packages).flatMap(({ link, resolved }) => (link && resolved ? [resolved] : []));

/** Workspaces whose package.json the image does not have when it installs. */
const missingIn = (text: string) => workspaces.filter((path) => !text.includes(`COPY ${path}/package.json ${path}/\n`));

test('the image installs every workspace', () => {
  expect(workspaces.length).toBeGreaterThan(12);
  expect(missingIn(dockerfile)).toEqual([]);
});

test('a workspace that is left out is found', () => {
  expect(missingIn(dockerfile.replace('COPY audit/package.json audit/\n', ''))).toEqual(['audit']);
});
