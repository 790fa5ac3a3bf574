/** `./tw test --only fuzz --long --seed N` sets these; alone, a run is short and always the same. */
const REQUESTS = 10_000;
const requests = Number(process.env['TW_FUZZ_REQUESTS'] || REQUESTS);

export const fuzzSeed = Number(process.env['TW_FUZZ_SEED'] || 20_261_121);

/** How often to try, where a short run tries this often. */
export const fuzzRuns = (short: number): number => Math.ceil((short * requests) / REQUESTS);
