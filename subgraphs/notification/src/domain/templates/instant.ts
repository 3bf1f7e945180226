const OPTIONS = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const;
/** Making a formatter costs a hundred times what using it does. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const KEPT_FORMATTERS = 100;

/** A point in time as people of the locale write it, in UTC, which is named. */
export function instant(iso: string, locale: string): string {
  let formatter = formatters.get(locale);
  if (!formatter) {
    try {
      formatter = new Intl.DateTimeFormat(locale, OPTIONS);
    } catch {
      formatter = new Intl.DateTimeFormat('en', OPTIONS);
    }
    if (formatters.size >= KEPT_FORMATTERS) formatters.clear();
    formatters.set(locale, formatter);
  }
  return `${formatter.format(new Date(iso))} UTC`;
}
