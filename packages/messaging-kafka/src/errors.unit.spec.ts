import { describe, expect, it } from 'vitest';
import { brokerError, isTooLarge, mayRecover } from './errors.ts';

// Shaped as kafkajs throws them; its types do not let us construct all of them.
const failure = (name: string, fields: object = {}) => Object.assign(new Error(name), { name, ...fields });
const protocol = (type: string, retriable = false) => failure('KafkaJSProtocolError', { type, retriable });
const wrapped = (cause: Error) => failure('KafkaJSNonRetriableError', { retriable: false, cause });
const refused = failure('KafkaJSConnectionError', { retriable: true });

describe('errors of kafkajs', () => {
  it('are told apart by what they mean to a caller', () => {
    expect(brokerError(wrapped(protocol('UNKNOWN_TOPIC_OR_PARTITION', true)), { topic: 't' }).code).toBe(
      'TOPIC_UNKNOWN',
    );
    expect(brokerError(protocol('NON_EMPTY_GROUP'), { group: 'g' }).code).toBe('GROUP_ACTIVE');
    const away = brokerError(refused, { topic: 't' });
    expect(away).toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
    expect(isTooLarge(wrapped(protocol('MESSAGE_TOO_LARGE')))).toBe(true);
    expect(isTooLarge(new Error('MESSAGE_TOO_LARGE'))).toBe(false);
  });

  it('end a consumer only when no new one could do better', () => {
    expect(mayRecover(refused)).toBe(true);
    expect(mayRecover(wrapped(refused))).toBe(true);
    expect(mayRecover(protocol('UNKNOWN_MEMBER_ID'))).toBe(true);
    expect(mayRecover(new TypeError('Cannot read properties of undefined'))).toBe(true);
    expect(mayRecover(wrapped(protocol('GROUP_AUTHORIZATION_FAILED')))).toBe(false);
    expect(mayRecover(protocol('INVALID_SESSION_TIMEOUT'))).toBe(false);
    expect(mayRecover(failure('KafkaJSSASLAuthenticationError', { retriable: false }))).toBe(false);
  });
});
