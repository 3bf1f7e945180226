/** Closes the pipe to the test stores' process, which stops what it started, and waits until it is gone. */
export default async function globalTeardown() {
  const child = globalThis.__SOUK_TEST_STORES__;
  if (child === undefined || child.exitCode !== null) return;
  await new Promise((gone) => {
    child.once('close', gone);
    child.stdin.end();
  });
}
