import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { InboxReceipt } from '@tradewind/outbox/inbox.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { ChangeStream } from './change-stream.ts';
import type { FlashFeed, FlashNews } from './flash-feed.ts';

export type TellFlashNews = (storeId: string, news: FlashNews, receipt: InboxReceipt) => Promise<void>;

/**
 * Adds news to the feed, once per event, and wakes every instance. The wake-up is only a hint: instances with clients look
 * by themselves each second.
 */
export function tellFlashNews(
  feed: Pick<FlashFeed, 'append'>,
  stream: Pick<ChangeStream, 'append'>,
  log: Log,
): TellFlashNews {
  return async (storeId, news, receipt) => {
    const added = await feed.append(storeId, news, receipt);
    failpoint('push.stored');
    if (!added) return;
    stream
      .append([{ storeId, flashSales: true }])
      .catch((error: unknown) =>
        log.debug({ error: String(error) }, 'nobody is woken; all look by themselves'),
      );
  };
}
