/** A refusal to even look at a request: SOAP fault or problem document. No money moved because of this request. */
export class GatewayFault extends Error {
  readonly code: string;
  /** Whose mistake it is: `caller` → 400, `gateway` → 500, `away` → 503. */
  readonly blame: 'caller' | 'gateway' | 'away';

  constructor(code: string, message: string, blame: 'caller' | 'gateway' | 'away') {
    super(message);
    this.name = 'GatewayFault';
    this.code = code;
    this.blame = blame;
  }
}

export const statusOf = (fault: GatewayFault): 400 | 500 | 503 =>
  fault.blame === 'caller' ? 400 : fault.blame === 'gateway' ? 500 : 503;
