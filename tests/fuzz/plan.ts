/** `./tw test --only fuzz --long --seed N` sets these; alone, a run is short and always the same. */
export const requests = Number(process.env['TW_FUZZ_REQUESTS'] || 10_000);
export const seed = Number(process.env['TW_FUZZ_SEED'] || 20_261_121);
