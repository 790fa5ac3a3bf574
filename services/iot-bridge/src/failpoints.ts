/** Steps between which a crash must lose nothing. The crash matrix has a row for each. */
export const bridgeFailpoints = ['bridge.received', 'bridge.published'] as const;
