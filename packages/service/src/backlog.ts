/** How far behind something is that works off events, and what that means for those who bring more. */
export interface Backlog {
  /** Notes the age of the oldest event that waits, at a time; both in ms. 0 = none waits. */
  observe(atMs: number, ageMs: number): void;
  readonly ageMs: number;
  /** True from shortly before the bound is reached until half of it. */
  readonly tooOld: boolean;
  /** When a new try makes sense, by how fast the backlog shrinks. */
  readonly retryAfterSeconds: number;
}

/** What is in hand when the door closes must still fit below the bound. */
const CLOSE_AT = 0.8;
const OPEN_AT = 0.5;
const LONGEST_WAIT_S = 30;

/** Pure but for what it remembers. @param boundMs how old an event may get before it has had its effect */
export function createBacklog(boundMs: number): Backlog {
  let last: { at: number; age: number } | undefined;
  let tooOld = false;
  /** Seconds of backlog worked off in a second: 0 = nothing moves, 1 = as fast as it ages. */
  let speed = 1;
  return {
    observe(at, age) {
      if (last && at > last.at) {
        const moved = (last.age + (at - last.at) - age) / (at - last.at);
        speed = (speed + Math.max(0, moved)) / 2;
      }
      last = { at, age };
      tooOld = age >= boundMs * (tooOld ? OPEN_AT : CLOSE_AT);
    },
    get ageMs() {
      return last?.age ?? 0;
    },
    get tooOld() {
      return tooOld;
    },
    get retryAfterSeconds() {
      const left = ((last?.age ?? 0) - boundMs * OPEN_AT) / 1_000;
      const seconds = speed > 1 ? left / (speed - 1) : LONGEST_WAIT_S;
      return Math.ceil(Math.min(LONGEST_WAIT_S, Math.max(1, seconds)));
    },
  };
}
