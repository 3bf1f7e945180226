/** What an order holds its stock under: its own id, and those of its edits and exchanges when it has any. */
export function stockIdsOf(data: {
  readonly orderId: string;
  readonly stockIds: readonly string[];
}): readonly string[] {
  return data.stockIds.length > 0 ? data.stockIds : [data.orderId];
}
