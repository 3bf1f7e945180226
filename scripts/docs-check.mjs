/**
 * `npm run docs:check`: every relative link in a Markdown file, and every path in docs/where-is.md, points to something
 * that exists. Documents that lie are worse than none.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(process.argv[2] ?? '.');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));

const faults = [];
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8').replace(/```[\s\S]*?```/g, '');
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(https?:|mailto:|#)/.test(target)) continue;
    if (!existsSync(join(root, dirname(file), target.split('#')[0]))) faults.push(`${file}: ${target} does not exist`);
  }
  if (file !== 'docs/where-is.md') continue;
  for (const [, path] of text.matchAll(/`((?:[\w@.-]+\/)+[\w@.-]*)`/g)) {
    if (!existsSync(join(root, path))) faults.push(`${file}: ${path} does not exist`);
  }
}
for (const fault of faults) console.error(fault);
console.log(`docs: ${files.length} files, ${faults.length} broken references`);
process.exit(faults.length === 0 ? 0 : 1);
