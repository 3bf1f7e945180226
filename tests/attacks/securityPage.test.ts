import { readdirSync, readFileSync } from 'node:fs';

const PAGE = readFileSync('docs/security.md', 'utf8');

/** Tests that a page names, as `path/of.test.ts` › “name”. */
const namedTests = (page: string) =>
  [...page.matchAll(/`([\w./-]+\.test\.ts)` › “([^”]+)”/g)].map(([, file, name]) => ({
    file: file as string,
    name: name as string,
  }));

/** What is named and is not there. */
function missing(page: string): string[] {
  return namedTests(page).flatMap(({ file, name }) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return [file];
    }
    const titles = [
      ...text.matchAll(/(?:test|describe)(?:\.each(?:<[^;]*?>)?\([\s\S]*?\))?\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g),
    ].map(([, , title]) => (title as string).replaceAll('\\', ''));
    return titles.some((title) => title === name) || text.includes(`'${name}'`) ? [] : [`${file}: ${name}`];
  });
}

test('every test that docs/security.md names exists', () => {
  expect(namedTests(PAGE).length).toBeGreaterThan(60);
  expect(missing(PAGE)).toEqual([]);
  expect(missing('`tests/attacks/tokens.test.ts` › “a test that nobody wrote”')).toEqual([
    'tests/attacks/tokens.test.ts: a test that nobody wrote',
  ]);
  expect(missing('`tests/attacks/nothing.test.ts` › “x”')).toEqual(['tests/attacks/nothing.test.ts']);
});

test('each of the ten risks of OWASP API Security has tests, and so has each point of the GraphQL cheat sheet', () => {
  const sections = PAGE.split(/^### /m).slice(1);
  const risks = sections.filter((section) => /^API\d+:2023/.test(section));
  expect(risks.map((section) => section.split(' ')[0])).toEqual(
    Array.from({ length: 10 }, (_, n) => `API${n + 1}:2023`),
  );
  for (const risk of risks)
    expect({ risk: risk.split('\n')[0], tests: namedTests(risk).length > 0 }).toMatchObject({ tests: true });
  const cheatSheet = PAGE.split('## GraphQL cheat sheet')[1] ?? '';
  const points = [...(cheatSheet.split('\n## ')[0] ?? '').matchAll(/^\| ([^|]+) \| (.*) \|$/gm)].slice(2);
  expect(points.length).toBeGreaterThan(12);
  for (const [row, point] of points)
    expect({ point, tests: namedTests(row).length > 0 }).toEqual({ point, tests: true });
});

test('every file of attacks is on the page', () => {
  const named = new Set(namedTests(PAGE).map(({ file }) => file));
  const files = readdirSync('tests/attacks').filter(
    (file) => file.endsWith('.test.ts') && file !== 'securityPage.test.ts',
  );
  expect(files.filter((file) => !named.has(`tests/attacks/${file}`))).toEqual([]);
});
