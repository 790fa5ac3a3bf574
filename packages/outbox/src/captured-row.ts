import type { CdcChange, CdcRow, CdcTopic } from '@tradewind/contracts/cdc-tables.ts';
