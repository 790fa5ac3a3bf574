import { expect, it } from 'vitest';
import { argumentOf, inArguments } from './argument-paths.ts';

it.each([
  ['querystring.limit', {}, 'first'],
  ['querystring.cursor', {}, 'after'],
  ['querystring.minPrice', { filter: { minPrice: 'x' } }, 'filter.minPrice'],
  ['querystring.sort', { filter: { minPrice: 'x' } }, 'sort'],
  ['body.qty', {}, 'qty'],
  ['body.items.0.qty', { input: { items: [] } }, 'input.items.0.qty'],
  ['body.expectedVersion', { input: { name: 'x' } }, 'expectedVersion'],
  ['params.orderId', {}, 'orderId'],
  ['headers.if-match', {}, 'expectedVersion'],
  ['request', {}, 'request'],
])('%s with %j is the argument %s', (path, holders, argument) => {
  expect(argumentOf(path, holders)).toBe(argument);
});

it('a problem names what the client of the field gave, in its detail too', () => {
  const errors = [
    { path: 'body.effect.amount', message: 'must not be negative' },
    { path: 'body.name', message: 'too long' },
  ];
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  expect(inArguments({ code: 'RULE_INVALID', detail, errors }, { input: {} })).toEqual({
    code: 'RULE_INVALID',
    detail: 'input.effect.amount: must not be negative; input.name: too long',
    errors: [
      { path: 'input.effect.amount', message: 'must not be negative' },
      { path: 'input.name', message: 'too long' },
    ],
  });
});

it('a key that is missing is asked for by its argument', () => {
  const message = 'send an Idempotency-Key header';
  const errors = [{ path: 'headers.idempotency-key', message }];
  expect(inArguments({ code: 'IDEMPOTENCY_KEY_REQUIRED', detail: message, errors }, {})).toMatchObject({
    detail: 'send an idempotencyKey',
    errors: [{ path: 'idempotencyKey', message: 'send an idempotencyKey' }],
  });
});
