import { pbkdf2Sync, randomBytes } from 'node:crypto';

/** `device`: publishes readings. `ingest`: reads them. `messages`: the broker port of messaging-mqtt. */
export type MqttRole = 'device' | 'ingest' | 'messages';

export interface MqttUser {
  username: string;
  password: string;
  role: MqttRole;
}

const READINGS = 'iot/inventory/+/delta';
/** The group by which the bridges share the readings. */
const SHARED = `$share/ingest/${READINGS}`;

type Access = 'publishClientSend' | 'publishClientReceive' | 'subscribeLiteral' | 'subscribePattern';

/** Whatever is not listed is refused: a foreign topic, `#` and `$SYS` too. */
const ROLES: Record<MqttRole, readonly (readonly [Access, string])[]> = {
  device: [['publishClientSend', READINGS]],
  ingest: [
    ['subscribeLiteral', READINGS],
    ['subscribeLiteral', SHARED],
    ['publishClientReceive', READINGS],
  ],
  messages: [
    ['publishClientSend', 'messages/#'],
    ['publishClientReceive', 'messages/#'],
    ['subscribePattern', 'messages/#'],
  ],
};

const ITERATIONS = 1_000;

/**
 * The file of Mosquitto's dynamic security plugin. The plain `acl_file` can't do this: it accepts every subscription and
 * silently withholds the messages, where a client should be told (reason code 135).
 */
export function mosquittoSecurity(users: readonly MqttUser[]): string {
  const file = {
    defaultACLAccess: {
      publishClientSend: false,
      publishClientReceive: false,
      subscribe: false,
      unsubscribe: true,
    },
    clients: users.map(({ username, password, role }) => ({
      username,
      roles: [{ rolename: role }],
      ...hashed(password),
    })),
    groups: [],
    roles: Object.entries(ROLES).map(([rolename, grants]) => ({
      rolename,
      acls: grants.map(([acltype, topic]) => ({ acltype, topic, priority: 0, allow: true })),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** As the plugin checks them: PBKDF2 over SHA-512. */
function hashed(password: string): { password: string; salt: string; iterations: number } {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, ITERATIONS, 64, 'sha512');
  return { password: hash.toString('base64'), salt: salt.toString('base64'), iterations: ITERATIONS };
}
