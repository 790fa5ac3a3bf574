/** How long a copy outlives its event, at most, and what too many events are (ADR 0057). */
const storm = { perTag: 20, pauseMs: 1_000 };

export const NEAR = {
  name: 'product',
  /** Should events stop coming. */
  ttlMs: 30_000,
  windowMs: 100,
  storm: { ...storm, perTenant: 500 },
};

export const PAGES = {
  name: 'product_pages',
  ttlMs: 1_000,
  /** Pages come from a projection that applies the same events a little later. */
  windowMs: 300,
  echo: true,
  storm: { ...storm, perTenant: 200 },
};

export const SHARED_TTL_MS = 120_000;
export const GRAPH_TTL_MS = 30_000;
