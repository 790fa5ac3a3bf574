import { readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';
import { latenessMs } from './lateness.ts';

/** What makes the windows, for programs that need nothing else of the service. */
export const windowsConfig = readConfig(z.object({ TW_ANALYTICS_LATENESS_MS: latenessMs }), process.env);
