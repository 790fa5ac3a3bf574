/** Steps of this service's own between which a crash must do no harm. The crash matrix has a row for each. */
export const inventoryFailpoints = ['sweep.found', 'sweep.expired'] as const;
