import { createHash } from 'node:crypto';

/** A set of strings in 8 bytes each, for a million references. It may take one string for another once in 2^64 / its size. */
export function fingerprints(): { add(text: string): void; has(text: string): boolean } {
  let prints = new BigUint64Array(1_024);
  let size = 0;
  let sorted = true;
  const printOf = (text: string): bigint => createHash('sha1').update(text).digest().readBigUInt64BE(0);
  return {
    add(text) {
      if (size === prints.length) {
        const larger = new BigUint64Array(size * 2);
        larger.set(prints);
        prints = larger;
      }
      prints[size] = printOf(text);
      size += 1;
      sorted = false;
    },
    has(text) {
      if (!sorted) prints.subarray(0, size).sort();
      sorted = true;
      const wanted = printOf(text);
      let [low, high] = [0, size];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((prints[middle] as bigint) < wanted) low = middle + 1;
        else high = middle;
      }
      return low < size && prints[low] === wanted;
    },
  };
}
