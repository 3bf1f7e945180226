/** Of every service's metrics, the statements that were sent for work that something asked for: requests, jobs, relays. */
export async function statementsSoFar(
  urls: Readonly<Record<string, string>>,
  processes: readonly string[],
): Promise<number> {
  const texts = await Promise.all(processes.map(async (name) => (await fetch(`${urls[name]}/metrics`)).text()));
  let total = 0;
  for (const text of texts) {
    for (const [, labels, value] of text.matchAll(/^souk_store_statements_total\{([^}]*)\} (\d+)/gm)) {
      if (!labels?.includes('work="background"')) total += Number(value);
    }
  }
  return total;
}
