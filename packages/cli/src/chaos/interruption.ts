/** Puts the stack back before Ctrl-C or SIGTERM ends this process. Answers how to take that back. */
export function onInterrupt(putBack: () => Promise<unknown>): () => void {
  const interrupted = (): void => {
    void putBack().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  return () => process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
}
