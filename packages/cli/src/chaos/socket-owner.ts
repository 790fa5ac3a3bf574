import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Which of these processes holds the local end of a TCP connection; undefined where none does. Reads `/proc`: a port
 * leads to an inode, an inode to a file descriptor.
 */
export function ownerOfSocket(
  localPort: number,
  remotePort: number,
  pids: readonly number[],
): number | undefined {
  return pids.find((pid) => {
    try {
      const inodes = ['tcp', 'tcp6'].flatMap((table) =>
        socketInodes(readFileSync(`/proc/${pid}/net/${table}`, 'utf8'), localPort, remotePort),
      );
      const links = new Set(inodes.map((inode) => `socket:[${inode}]`));
      return readdirSync(`/proc/${pid}/fd`).some((fd) => links.has(linkOf(`/proc/${pid}/fd/${fd}`)));
    } catch (error) {
      // It ended while it was looked at.
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  });
}

/** Inodes of the connections between these ports, of a table as `/proc/net/tcp` shows it. */
export function socketInodes(table: string, localPort: number, remotePort: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', , , , , , , inode] = line.trim().split(/\s+/);
    const matches = portOf(local) === localPort && portOf(remote) === remotePort;
    return matches && inode !== undefined && inode !== '0' ? [inode] : [];
  });
}

const portOf = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // A descriptor that was closed since the folder was read.
    return '';
  }
}
