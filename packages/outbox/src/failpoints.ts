/**
 * Named places between two steps where a crash must do no harm. Tests arm one (`TW_FAILPOINT=name` or `name:3` for its
 * third passage) and the process dies there as by `kill -9`; unarmed, a failpoint costs one comparison.
 */
let armed: string | undefined;
let remaining = 0;

/** @param setting `name` or `name:N`; undefined disarms. Called once at the start of a process, from its config. */
export function armFailpoint(setting: string | undefined): void {
  const [name, count] = setting?.split(':') ?? [];
  armed = name;
  remaining = Number(count ?? 1);
}

/** Dies here if the failpoint is armed. */
export function failpoint(name: string): void {
  if (armed === name && --remaining <= 0) process.kill(process.pid, 'SIGKILL');
}

/** Those of packages, in any service; a service has its own beside. The crash matrix (tests/crash) has a row for each. */
export const outboxFailpoints = [
  'relay.read',
  'relay.published',
  'relay.marked',
  'store.saved',
  'store.committed',
  'reactor.received',
  'reactor.handled',
  'reactor.parked',
  'reactor.retried',
  'projection.received',
  'projection.applied',
  'projection.committed',
  'projection.retried',
  'rebuild.prepared',
  'rebuild.revived',
  'rebuild.read',
  'rebuild.compared',
  'rebuild.switching',
  'rebuild.switched',
  'feed.received',
  'feed.told',
] as const;
