import { setTimeout as pause } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { Board } from '#knobs.ts';
import type { Messages, Sent } from '#messages.ts';

const MAX_BYTES = 1024 * 1024;

/** As a mail server says it: 4xx for now, 5xx for good. */
class SmtpRefusal extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

export interface SmtpParts {
  readonly messages: Messages;
  readonly board: Board;
}

/** A mail server that takes mail for everybody and keeps it. */
export function createSmtp({ messages, board }: SmtpParts): SMTPServer {
  async function receive(raw: Buffer, to: string, from: string | null, cut: () => void): Promise<string> {
    const { delayMs, mode } = board.take('EMAIL', to);
    if (delayMs > 0) await pause(delayMs);
    if (mode === 'DOWN') throw new SmtpRefusal(421, 'the mail server is away');
    if (mode === 'FAIL') throw new SmtpRefusal(451, 'something went wrong; try again');
    if (mode === 'REFUSE') throw new SmtpRefusal(550, 'this mail is not wanted');
    const { id } = messages.take(await mailOf(raw, to, from));
    if (mode === 'DROP_ANSWER') cut();
    return `taken as ${id}`;
  }

  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    closeTimeout: 500,
    onData(stream, session, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('error', callback);
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
        const from = session.envelope.mailFrom === false ? null : session.envelope.mailFrom.address;
        const cut = () => {
          for (const connection of server.connections) {
            if (connection.session.id === session.id) connection.close();
          }
        };
        receive(Buffer.concat(parts), to, from, cut).then((said) => callback(null, said), callback);
      });
    },
  });
  // A client that goes away in the middle is no fault of the server's.
  server.on('error', () => undefined);
  return server;
}

async function mailOf(raw: Buffer, to: string, from: string | null): Promise<Sent> {
  const mail = await PostalMime.parse(raw);
  return {
    channel: 'EMAIL',
    key: mail.messageId ?? raw.toString('base64'),
    ...{ to, from, subject: mail.subject ?? null, text: mail.text ?? '', html: mail.html ?? null },
  };
}
