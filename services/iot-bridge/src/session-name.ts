import { createHash } from 'node:crypto';

/**
 * The bridge's client id at the MQTT broker, the same at each start. Whoever connects under an id takes its session over, a
 * device too: so the id holds what only those know who know the bridge's password.
 */
export function sessionName(clientId: string, password: string): string {
  return `${clientId}-${createHash('sha256').update(`session ${password}`).digest('hex').slice(0, 24)}`;
}
