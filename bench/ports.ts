import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Ports } from './configuration.ts';

/** Below those that the clients' own ends are given. */
const FIRST = 20_000;
const COUNT = 12_000;

const anyPort = (): number => FIRST + Math.floor(Math.random() * COUNT);

function isFreeTcp(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function isFreeUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      resolve(false);
    });
    socket.bind(port, '127.0.0.1', () => {
      socket.close(() => {
        resolve(true);
      });
    });
  });
}

async function freePort(isFree: (port: number) => Promise<boolean>): Promise<number> {
  for (let port = anyPort(); ; port = anyPort()) if (await isFree(port)) return port;
}

/** Ports that nobody listens on. */
export const freePorts = async (): Promise<Ports> => ({
  ADMIN: await freePort(isFreeTcp),
  SECURE: await freePort(isFreeTcp),
  SPA: await freePort(isFreeTcp),
  BOOTSTRAP: await freePort(isFreeTcp),
  LEGACY: await freePort(isFreeTcp),
  TFTP: await freePort(isFreeUdp),
});
