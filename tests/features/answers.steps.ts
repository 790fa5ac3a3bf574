import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import type { Problem } from '../e2e/stack.fixture.ts';
import { accepted, isRefusal, type Story } from './story.ts';

Then('it is refused with {int} {CODE}', function (this: Story, status: number, code: string) {
  assert(this.answer, 'nothing was tried');
  const problem = this.answer.body as Problem;
  assert.deepEqual([this.answer.status, problem.code], [status, code]);
});

Then('it is accepted', function (this: Story) {
  assert(this.answer, 'nothing was tried');
  accepted(this.answer);
});

Then(
  'one of them is told {int} {CODE} with the version that it is',
  function (this: Story, status: number, code: string) {
    const good = this.answers.filter((answer) => answer.status < 300);
    const bad = this.answers.filter((answer) => isRefusal(answer, status, code));
    assert.deepEqual([good.length, bad.length], [1, this.answers.length - 1]);
    const [{ body: stored }, { body: told }] = [good[0]!, bad[0]!];
    assert.equal((told as Problem)['currentVersion'], (stored as { version: number }).version);
  },
);
