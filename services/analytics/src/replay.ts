import { runReplay } from '@tradewind/service/replay.ts';
import { productNames } from '#projections/product-names.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { checkWindows, replayWindows } from '#windows/replay-windows.ts';

const replay = async (env: NodeJS.ProcessEnv, args: readonly string[]): Promise<number> => {
  if (args.includes(revenueWindows.name)) return replayWindows(env, args);
  const code = await runReplay('analytics', [productNames], env, args);
  return args[0] === '--check' ? Math.max(code, await checkWindows(env)) : code;
};

process.exitCode = await replay(process.env, process.argv.slice(2));
