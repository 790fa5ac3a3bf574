import { DomainError } from '@tradewind/kernel/errors.ts';

interface KafkaFailure {
  readonly name?: string;
  readonly type?: string;
  readonly message?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
  /** Of a failed deleteGroups. */
  readonly groups?: readonly { readonly error?: { readonly type?: string } }[];
}

/** The error and what it was wrapped around, outermost first. */
function chain(error: unknown): KafkaFailure[] {
  const found: KafkaFailure[] = [];
  for (
    let at = error;
    typeof at === 'object' && at !== null && !found.includes(at);
    at = (at as KafkaFailure).cause
  ) {
    found.push(at);
  }
  return found;
}

/** The protocol's error names inside an error, e.g. MESSAGE_TOO_LARGE. */
export function protocolErrors(error: unknown): string[] {
  return chain(error).flatMap(({ type, groups = [] }) =>
    [type, ...groups.map((group) => group.error?.type)].filter((name) => name !== undefined),
  );
}

const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];
const GROUP_ACTIVE = ['NON_EMPTY_GROUP', 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'];

export const isTooLarge = (error: unknown): boolean =>
  protocolErrors(error).some((name) => TOO_LARGE.includes(name));
export const isUnknownTopic = (error: unknown): boolean =>
  protocolErrors(error).includes('UNKNOWN_TOPIC_OR_PARTITION') ||
  protocolErrors(error).includes('INVALID_TOPIC_EXCEPTION');

export function topicUnknown(topic: string, cause?: unknown): DomainError {
  return new DomainError('TOPIC_UNKNOWN', 'not-found', `topic "${topic}" does not exist`, { cause });
}

/** What a failed question to the brokers means to a caller of this package. */
export function brokerError(error: unknown, about: { topic?: string; group?: string }): DomainError {
  if (error instanceof DomainError) return error;
  const names = protocolErrors(error);
  if (about.topic !== undefined && isUnknownTopic(error)) return topicUnknown(about.topic, error);
  if (about.group !== undefined && names.some((name) => GROUP_ACTIVE.includes(name))) {
    return new DomainError('GROUP_ACTIVE', 'conflict', `group "${about.group}" has members`, {
      cause: error,
    });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new DomainError('BROKER_UNAVAILABLE', 'unavailable', `Kafka: ${text}`, { cause: error });
}

const FATAL =
  /SASL|AUTHORIZATION|AUTHENTICATION|UNSUPPORTED|INVALID_|INCONSISTENT_GROUP_PROTOCOL|FENCED_INSTANCE/;
const FATAL_NAMES = [
  'KafkaJSSASLAuthenticationError',
  'KafkaJSNotImplemented',
  'KafkaJSServerDoesNotSupportApiKey',
];

/**
 * Whether a new consumer may succeed where one crashed. Wrong configuration or missing rights will not heal; everything
 * else may, kafkajs's own TypeErrors while brokers are away included.
 */
export function mayRecover(error: unknown): boolean {
  return !chain(error).some(
    ({ name, type, retriable }) =>
      FATAL_NAMES.includes(name ?? '') || (retriable !== true && type !== undefined && FATAL.test(type)),
  );
}
