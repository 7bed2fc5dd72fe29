/** Asks again when the last answer is older than `milliseconds`; whoever comes meanwhile shares it. A failure is not kept. */
export function keptFor<T>(milliseconds: number, ask: () => Promise<T>): () => Promise<T> {
  let asked: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (asked !== undefined && now - asked.at < milliseconds) return asked.answer;
    const answer = ask();
    asked = { at: now, answer };
    answer.catch(() => {
      asked = undefined;
    });
    return answer;
  };
}
