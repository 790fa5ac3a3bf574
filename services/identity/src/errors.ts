import { errorTable } from '@tradewind/kernel/errors.ts';

export const identityError = errorTable({
  STORE_NOT_FOUND: ['not-found', 'there is no such store'],
  STORE_EXISTS: ['conflict', 'there is a store with this id'],
  STORE_UNKNOWN: ['forbidden', "the token's store was never added"],
  USER_NOT_FOUND: ['not-found', 'there is no such user'],
  CUSTOMER_NOT_FOUND: ['not-found', 'there is no such customer'],
  EMAIL_TAKEN: ['conflict', 'this e-mail address is in use in the store'],
  VERSION_CONFLICT: ['conflict', 'somebody else changed it in the meantime'],
  API_TOKEN_NOT_FOUND: ['not-found', 'there is no such API token'],
  API_TOKEN_REQUIRED: ['forbidden', 'only an API token can be exchanged'],
  KEY_NOT_PUBLISHED_YET: [
    'conflict',
    'the next key was published too short a time ago for every verifier to know it',
  ],
  ROLE_NOT_FOUND: ['not-found', 'there is no such role'],
  ROLE_EXISTS: ['conflict', 'there is a role of this name'],
  ROLE_BUILT_IN: ['conflict', 'built-in roles are the same everywhere; make one that narrows it'],
  ROLE_IN_USE: ['conflict', 'users or API tokens have this role'],
  UNKNOWN_ROLE: ['invalid', 'there is no such role'],
  NOTHING_GRANTED: ['invalid', 'the roles give none of these permissions'],
  BEYOND_BASE_ROLE: ['rejected', 'a role cannot do more than the role that it narrows'],
  BEYOND_OWN_RIGHTS: ['forbidden', 'nobody can give more than they have'],
  USER_DISABLED: ['forbidden', 'the user is disabled'],
  EVENTS_UNAVAILABLE: ['unavailable', 'the schema registry was not reached yet'],
  NO_SIGNING_KEY: ['unavailable', 'there is no signing key yet'],
});
