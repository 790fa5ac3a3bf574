import { logLevel, type LogEntry } from 'kafkajs';

/** What this package needs of a logger; pino fits. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Ordinary while a broker starts or a group is used for the first time; the client retries. */
const NOISE =
  /coordinator|loading|rebalanc|re-joining|not aware of this member|this server does not host|leadership election/i;
const REPEAT_MS = 10_000;
const MOST_MESSAGES = 500;

/**
 * kafkajs's log as ours. Its errors are our warnings, because it retries and this package decides what a failure means;
 * one text is written at most every 10 s, so that an absent broker does not fill the disk.
 */
export function kafkajsLog(log: Logger, now: () => number = Date.now) {
  const lastWritten = new Map<string, number>();

  function repeated(text: string): boolean {
    const time = now();
    if (time - (lastWritten.get(text) ?? -Infinity) < REPEAT_MS) return true;
    if (lastWritten.size >= MOST_MESSAGES) lastWritten.clear();
    lastWritten.set(text, time);
    return false;
  }

  return () =>
    ({ namespace, level, log: entry }: LogEntry): void => {
      const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = entry;
      const text = namespace ? `kafka ${namespace}: ${message}` : `kafka: ${message}`;
      const described = `${message} ${String(fields['error'] ?? '')}`;
      if (level > logLevel.WARN || NOISE.test(described)) log.debug(fields, text);
      else if (!repeated(`${text}|${String(fields['broker'] ?? '')}|${String(fields['groupId'] ?? '')}`)) {
        log.warn(fields, text);
      }
    };
}
