import type { Stage } from '#bench/benchmark.ts';

interface Metrics {
  readonly live: { readonly today: readonly { readonly currency: string; readonly orders: number }[] } | null;
}

/** A client of `/sse/metrics` that notes when the number of orders paid today has reached what. */
export async function openDashboard(stage: Stage) {
  const token = await stage.token('bench-dashboard', ['ADMIN']);
  const abort = new AbortController();
  const response = await fetch(`${stage.endpoints.services['notification']}/sse/metrics`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: abort.signal,
  });
  if (!response.ok || !response.body) throw new Error(`/sse/metrics answered ${response.status}`);
  let paid = 0;
  /** When a count was first seen, by performance.now(). */
  const reached: { readonly orders: number; readonly at: number }[] = [];
  let failure: unknown;
  const reading = (async () => {
    let rest = '';
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + part).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^event: metrics$/m.test(block) ? /^data: (.*)$/m.exec(block)?.[1] : undefined;
        if (data === undefined) continue;
        const { live } = JSON.parse(data) as Metrics;
        const orders = (live?.today ?? []).reduce((sum, one) => sum + one.orders, 0);
        if (orders === paid) continue;
        paid = orders;
        reached.push({ orders, at: performance.now() });
      }
    }
  })().catch((error: unknown) => {
    failure = error;
  });
  return {
    get paid() {
      if (failure !== undefined && !abort.signal.aborted)
        throw new Error('the stream ended', { cause: failure });
      return paid;
    },
    /** When the dashboard first showed so many. */
    shownAt: (orders: number): number | undefined => reached.find((one) => one.orders >= orders)?.at,
    async close(): Promise<void> {
      abort.abort();
      await reading;
    },
  };
}
