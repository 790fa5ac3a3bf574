import type { Say } from '@tradewind/native/launch.ts';
import type { SeenEvent } from './event-watch.ts';

/** One thing that somebody did, and what came of it. */
export interface Step {
  readonly title: string;
  /** `POST /orders`, and its body. */
  readonly request: string;
  readonly body?: object;
  readonly answer: string;
  /** ms until the answer. */
  readonly ms: number;
  /** epoch ms of the request; events are told by their distance to it. */
  readonly at: number;
  readonly events: readonly SeenEvent[];
  /** What it means, in plain words. */
  readonly meaning?: string;
}

export type Tell = (step: Step) => void;

/** Several lines a step. */
export function narrator(say: Say): Tell {
  let number = 0;
  return ({ title, request, body, answer, ms, at, events, meaning }) => {
    number += 1;
    say(`\n${String(number).padStart(2)}. ${title}`);
    say(`    sent     ${request}${body === undefined ? '' : `  ${JSON.stringify(body)}`}`);
    say(`    back     ${answer}  (${Math.round(ms)} ms)`);
    for (const { type, version, place, at: seenAt } of events) {
      say(`    became   ${type}, version ${version}`);
      say(`             in ${place}, ${Math.max(Math.round(seenAt - at), 0)} ms after the request`);
    }
    if (meaning !== undefined) say(`    so       ${meaning}`);
  };
}

/** One line a step. */
export const brief =
  (say: Say): Tell =>
  ({ title, answer, ms }) =>
    say(`${title}: ${answer} (${Math.round(ms)} ms)`);
