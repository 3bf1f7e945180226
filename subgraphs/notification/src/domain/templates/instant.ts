/** A point in time as people of the locale write it, in UTC, which is named. */
export function instant(iso: string, locale: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const;
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat(locale, options);
  } catch {
    formatter = new Intl.DateTimeFormat('en', options);
  }
  return `${formatter.format(new Date(iso))} UTC`;
}
