/**
 * The functional core of an aggregate. `decide` answers with the events that follow from a command, `[]` when the
 * command was already carried out, and throws a DomainError when a rule forbids it. `evolve` folds one event
 * into the state. Both are pure: no clock, no randomness, no I/O, so what they need arrives in the command.
 */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  decide(state: State, command: Command): readonly Event[];
  evolve(state: State, event: Event): State;
}

/** The state that a stream of events leads to. */
export function fold<State, Event>(
  evolve: (state: State, event: Event) => State,
  initial: State,
  events: Iterable<Event>,
): State {
  let state = initial;
  for (const event of events) state = evolve(state, event);
  return state;
}
