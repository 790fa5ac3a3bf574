import { expect, it } from 'vitest';
import { sessionName } from '#session-name.ts';

it('the session has a name that lasts, and that nobody guesses without the password', () => {
  expect(sessionName('iot-bridge', 'secret')).toBe(sessionName('iot-bridge', 'secret'));
  expect(sessionName('iot-bridge', 'secret')).not.toBe(sessionName('iot-bridge', 'other'));
  expect(sessionName('iot-bridge', 'secret')).toMatch(/^iot-bridge-[0-9a-f]{24}$/);
});
