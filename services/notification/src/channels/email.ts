import { htmlToText } from 'html-to-text';
import { createTransport } from 'nodemailer';
import { type Answer, type Channel, ChannelFailure } from './channel.ts';

export interface EmailOptions {
  /** `smtp://user:password@host:port`, or `smtps://…` */
  readonly url: string;
  readonly from: string;
  readonly timeoutMs: number;
  readonly connections: number;
}

/** What the library's errors carry. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/** Mail over SMTP, by connections that are kept. The Message-ID is the delivery's: servers and readers drop repeats by it. */
export function emailChannel({ url, from, timeoutMs, connections }: EmailOptions): Channel {
  const { hostname, port, protocol, username, password, searchParams } = new URL(url);
  const transport = createTransport({
    pool: true,
    host: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    secure: protocol === 'smtps:',
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    requireTLS: searchParams.get('tls') === 'required',
    maxConnections: connections,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // One try is one try: when to try again is the dispatcher's affair.
    maxRequeues: 0,
    // A text must never name a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    name: 'EMAIL',
    async send({ deliveryId, address, subject, body }) {
      try {
        const { messageId } = await transport.sendMail({
          from,
          // As an object it is one address, whatever signs it holds.
          to: { name: '', address },
          subject: subject ?? '',
          html: body,
          text: htmlToText(body, { wordwrap: 100 }),
          signal: AbortSignal.timeout(timeoutMs),
          messageId: `<${deliveryId}@tradewind>`,
          headers: { 'Idempotency-Key': deliveryId, 'Auto-Submitted': 'auto-generated' },
        });
        return { kind: 'SENT', providerMessageId: messageId };
      } catch (error) {
        return answerOf(error as SmtpError);
      }
    },
    close: async () => transport.close(),
  };
}

function answerOf(error: SmtpError): Answer {
  const { code = '', command, responseCode = 0, message } = error;
  const options = { cause: error };
  if (code === 'EAUTH') throw new ChannelFailure('DENIED', message, options);
  if (responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')) {
    const refused = command === 'RCPT TO' ? 'ADDRESS_REFUSED' : 'REFUSED';
    return { kind: 'REFUSED', code: refused, detail: message };
  }
  if (responseCode > 0) throw new ChannelFailure('UNAVAILABLE', message, options);
  throw new ChannelFailure(
    code === 'ETIMEDOUT' || code === 'EABORT' ? 'TIMEOUT' : 'UNREACHABLE',
    message,
    options,
  );
}
