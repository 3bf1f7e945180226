declare module 'pg/lib/utils' {
  const utils: {
    /** A parameter as it goes over the wire, by the rules of `pg`: dates, arrays and objects as text, bytes as they are. */
    prepareValue(value: unknown): string | Buffer | null;
  };
  export default utils;
}
