import type { Message } from '#messages.ts';

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);

const row = ({ at, channel, to, subject, text, repeats }: Message): string => `<tr>
<td><time>${new Date(at).toISOString()}</time></td><td>${channel}</td><td>${escaped(to)}</td>
<td><b>${escaped(subject ?? '')}</b><pre>${escaped(text)}</pre></td><td>${repeats === 0 ? '' : `came ${repeats + 1} times`}</td>
</tr>`;

/** What was sent, the newest first, for people to read. Mails are shown as their text: a mail's own HTML runs nowhere. */
export const pageOf = (messages: readonly Message[]): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Mailbox</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #ccc; padding: .4rem .8rem; text-align: left; vertical-align: top; }
pre { font: inherit; margin: .2rem 0 0; white-space: pre-wrap; }
</style>
<h1>Mailbox</h1>
<p>What Tradewind sent: ${messages.length} shown. As JSON: <a href="/messages">/messages</a>, with <code>?channel=</code> and <code>?to=</code>.</p>
<table><tr><th>time</th><th>channel</th><th>to</th><th>message</th><th>repeats</th></tr>
${messages.map(row).join('\n')}
</table></html>
`;
