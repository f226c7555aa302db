// Many questions at once, but never more than an API server takes in its stride.

/** In the order of the items. */
export async function bounded<Item, Answer>(
  count: number,
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const waiting = items.entries();
  const one = async (): Promise<void> => {
    for (const [at, item] of waiting) answers[at] = await ask(item);
  };
  await Promise.all(Array.from({ length: count }, one));
  return answers;
}
