type PutBack = () => Promise<unknown>;

const waiting = new Set<PutBack>();

function interrupted(): void {
  void Promise.allSettled([...waiting].map((putBack) => putBack())).finally(() => process.exit(130));
}

/** Puts the stack back before Ctrl-C or SIGTERM ends this process. Answers how to take that back. */
export function onInterrupt(putBack: PutBack): () => void {
  if (waiting.size === 0) process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const own: PutBack = () => putBack();
  waiting.add(own);
  return () => {
    waiting.delete(own);
    if (waiting.size === 0) process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  };
}
