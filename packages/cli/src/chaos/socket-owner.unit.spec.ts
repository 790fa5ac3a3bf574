import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ownerOfSocket, socketInodes } from './socket-owner.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:3C48 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0
   1: 0100007F:A2C4 0100007F:3C48 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 20 4 30 10 -1
   2: 0100007F:3C48 0100007F:A2C4 01 00000000:00000000 00:00000000 00000000  1000        0 333 1 0 20 4 30 10 -1`;

describe('owner of a socket', () => {
  it('finds the inode of the end that has the local port', () => {
    expect(socketInodes(TABLE, 0xa2c4, 0x3c48)).toEqual(['222']);
    expect(socketInodes(TABLE, 0xa2c4, 1)).toEqual([]);
  });

  it('finds this process by a connection of its own', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const local = socket.localPort ?? 0;
    expect(ownerOfSocket(local, port, [1 << 30, process.pid])).toBe(process.pid);
    expect(ownerOfSocket(1, port, [process.pid])).toBeUndefined();
    socket.destroy();
    server.close();
  });
});
