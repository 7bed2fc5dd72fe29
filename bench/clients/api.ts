import { Agent, request } from 'node:http';

/** A program that keeps its connections to the REST API open. */
export interface ApiClient {
  /** Sends JSON, or text as it is; says what came back. Any status but 2xx ends the benchmark. */
  post(path: string, body: unknown): Promise<string>;
  close(): void;
}

export function apiClient(port: number, token: string): ApiClient {
  const agent = new Agent({ keepAlive: true });
  const post = (path: string, body: unknown): Promise<string> =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': bytes.length,
      };
      const sent = request({ agent, port, host: '127.0.0.1', method: 'POST', path: `/api/v1${path}`, headers });
      sent.on('error', reject);
      sent.on('response', (message) => {
        const chunks: Buffer[] = [];
        message.on('data', (chunk: Buffer) => chunks.push(chunk));
        message.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const status = message.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(text);
          else reject(new Error(`POST ${path}: ${status} ${text.slice(0, 400)}`));
        });
      });
      sent.end(bytes);
    });
  return {
    post,
    close: () => {
      agent.destroy();
    },
  };
}
