import { ask, type Answer } from './product.ts';

interface Cookie {
  readonly value: string;
  readonly path: string;
  /** As the server wrote it. */
  readonly text: string;
}

/** An answer, and where it came from. */
export interface Page extends Answer {
  readonly url: string;
}

function readCookie(text: string): readonly [string, Cookie | undefined] {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const path = attributes.find((one) => one.startsWith('Path='))?.slice('Path='.length) ?? '/';
  const gone =
    attributes.includes('Max-Age=0') ||
    attributes.some((one) => /^expires=/i.test(one) && Date.parse(one.slice('expires='.length)) < Date.now());
  return [pair.slice(0, at), gone ? undefined : { value: pair.slice(at + 1), path, text }];
}

const reaches = (path: string, pathname: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);

/** A browser without pages: it keeps cookies by host and path (RFC 6265 §5), and follows redirects one by one. */
export class Browser {
  readonly #cookies = new Map<string, Cookie>();

  cookie(name: string): Cookie | undefined {
    return this.#cookies.get(`127.0.0.1 ${name}`);
  }

  #header(url: URL): Record<string, string> {
    const sent = [...this.#cookies]
      .filter(([key, { path }]) => key.startsWith(`${url.hostname} `) && reaches(path, url.pathname))
      .map(([key, { value }]) => `${key.slice(url.hostname.length + 1)}=${value}`);
    return sent.length === 0 ? {} : { cookie: sent.join('; ') };
  }

  /** One request. */
  async get(url: string): Promise<Page> {
    const target = new URL(url);
    const answer = await ask(target.href, { headers: this.#header(target) });
    for (const text of answer.headers['set-cookie'] ?? []) {
      const [name, cookie] = readCookie(text);
      if (cookie === undefined) this.#cookies.delete(`${target.hostname} ${name}`);
      else this.#cookies.set(`${target.hostname} ${name}`, cookie);
    }
    return { ...answer, url: target.href };
  }

  /** Where an answer sends the browser, if anywhere. */
  static next({ status, headers, url }: Page): string | undefined {
    return status >= 300 && status < 400 && headers.location !== undefined
      ? new URL(headers.location, url).href
      : undefined;
  }

  /** Follows redirects until one leads to a URL for which `stops` is true, and says which; that one is not asked. */
  async follow(url: string, stops: (url: string) => boolean): Promise<string> {
    for (let at = url, hops = 0; hops < 20; hops++) {
      const page = await this.get(at);
      const to = Browser.next(page);
      if (to === undefined) throw new Error(`${at} leads nowhere: ${String(page.status)} ${page.text}`);
      if (stops(to)) return to;
      at = to;
    }
    throw new Error(`${url} leads round in circles`);
  }
}
