import type { Window } from './rules.ts';

export const hasStarted = ({ startsAt }: Window, now: number): boolean =>
  startsAt === undefined || startsAt <= now;

/** At its end a window is over: two that touch never overlap. */
export const hasEnded = ({ endsAt }: Window, now: number): boolean => endsAt !== undefined && endsAt <= now;

export const isOpen = (window: Window, now: number): boolean =>
  hasStarted(window, now) && !hasEnded(window, now);
