import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyClass, SENT, SERVER, STRANGERS } from '../../../test/kit/dhcp-classes.ts';
import { compareGolden } from '../../../test/kit/golden.ts';
import { hostileText } from '../../../test/kit/hostile-text.ts';
import type { DhcpClass, DhcpClasses, OptionValue } from '../../domain/dhcp/classes.ts';
import type { VendorId } from '../../domain/ids.ts';
import { tellProblem } from './tell-problem.ts';
import { WRITERS } from './writers.ts';

const FILES: Readonly<Record<string, string>> = {
  kea: 'kea.conf',
  isc: 'dhcpd.conf',
  dnsmasq: 'dnsmasq.conf',
  windows: 'windows.ps1',
  mikrotik: 'mikrotik.rsc',
};
const NAMES = Array.from(WRITERS.keys());

function written(server: string, made: DhcpClasses): string {
  const result = WRITERS.get(server)?.(made);
  if (result?.ok !== true) throw new Error(`${server}: ${JSON.stringify(result)}`);
  return result.value;
}

const found = (text: string, pattern: RegExp): readonly (readonly string[])[] =>
  Array.from(text.matchAll(pattern), (match) => match.slice(1));

type Matches = (dhcpClass: string) => readonly string[];

/** The class texts `[name, its part of the snippet]`, split at what each begins with. */
const sections = (text: string, start: RegExp): readonly (readonly [string, string])[] =>
  text
    .split(start)
    .slice(1)
    .reduce<(readonly [string, string])[]>(
      (pairs, part, index, parts) => (index % 2 === 0 ? [...pairs, [part, parts[index + 1] ?? '']] : pairs),
      [],
    );

const startingWith =
  (pairs: readonly (readonly string[])[]): Matches =>
  (dhcpClass) =>
    Array.from(new Set(pairs.filter(([, prefix = '']) => dhcpClass.startsWith(prefix)).map(([name = '']) => name)));

const unhex = (hex: string): string => Buffer.from(hex.replaceAll(':', ''), 'hex').toString('latin1');

/** The matchers of a snippet, read back as that server reads them. Who counts octets gets the wrong length noticed. */
const READERS: Readonly<Record<string, (text: string) => Matches>> = {
  kea: (text) =>
    startingWith(
      sections(text, /"name": "(offhook-[a-z-]+)",\n\s+"test"/).flatMap(([name, part]) =>
        found(part, /substring\(option\[60\]\.hex,0,(\d+)\) == '([^']+)'/g).map(([length, prefix = '']) => {
          expect(Number(length)).toBe(prefix.length);
          return [name, prefix];
        }),
      ),
    ),
  isc: (text) =>
    startingWith(
      sections(text, /^class "([^"]+)"/m).flatMap(([name, part]) =>
        found(part, /substring\(option vendor-class-identifier, 0, (\d+)\) = "([^"]+)"/g).map(
          ([length, prefix = '']) => {
            expect(Number(length)).toBe(prefix.length);
            return [name, prefix];
          },
        ),
      ),
    ),
  dnsmasq: (text) =>
    startingWith(
      found(text, /^dhcp-match=set:([^,]+),60,([0-9a-f:]+)$/gm).map(([name = '', hex = '']) => [name, unhex(hex)]),
    ),
  windows: (text) => {
    const data = new Map(
      found(text, /^Add-DhcpServerv4Class -Type Vendor -Name '([^']+)' -Data '([^']+)'$/gm).map(
        ([name = '', prefix = '']) => [name, prefix],
      ),
    );
    return startingWith(
      found(text, /^Add-DhcpServerv4Policy -Name '([^']+)' -Condition OR -VendorClass EQ,(.*)$/gm).flatMap(
        ([name = '', names = '']) =>
          found(names, /'([^']+)\*'/g).map(([one = '']) => [name, data.get(one) ?? 'no such class']),
      ),
    );
  },
  mikrotik: (text) => (dhcpClass) =>
    Array.from(
      new Set(
        found(text, /code=60 matching-type=substring value="([^"]+)" option-set=(\S+)$/gm)
          .filter(([prefix = '']) => dhcpClass.includes(prefix))
          .map(([, name = '']) => name),
      ),
    ),
};

describe.each(NAMES)('%s', (server) => {
  test('every maker’s class is written exactly so', () => {
    compareGolden(new URL(`golden/${FILES[server] ?? ''}`, import.meta.url), written(server, everyClass()));
  });

  test('each phone’s DHCP class is matched by its maker’s class and by no other', () => {
    const matches = READERS[server]?.(written(server, everyClass()));
    expect(SENT.length).toBeGreaterThan(60);
    for (const { dhcpClass, name } of SENT) expect(matches?.(dhcpClass), dhcpClass).toEqual([name]);
    for (const dhcpClass of STRANGERS) expect(matches?.(dhcpClass), dhcpClass).toEqual([]);
  });

  test('what one maker’s file says does not depend on the others', () => {
    const { classes } = everyClass();
    for (const only of classes) {
      const text = written(server, { classes: [only], untold: [] });
      expect(text).toContain(only.name);
      for (const other of classes) if (other !== only) expect(text).not.toContain(other.name);
    }
  });

  const acme: DhcpClass = {
    name: 'offhook-acme',
    vendor: 'acme' as VendorId,
    maker: 'Acme',
    prefixes: ['acme'],
    options: [{ code: 66, value: { type: 'text', text: 'h.example.com' } }],
    remarks: [],
  };
  const option = (value: OptionValue, code = 66): Partial<DhcpClass> => ({ options: [{ code, value }] });
  const text = (value: string): OptionValue => ({ type: 'text', text: value });

  test.each<readonly [Partial<DhcpClass>, string]>([
    [option(text('a"b')), 'option 66 of offhook-acme: "a\\"b" cannot be written for this DHCP server'],
    [option(text("a'b")), 'option 66 of offhook-acme: "a\'b" cannot be written for this DHCP server'],
    [option(text('a\\b')), 'option 66 of offhook-acme: "a\\\\b" cannot be written for this DHCP server'],
    [option(text('a\nb')), 'option 66 of offhook-acme: "a\\nb" cannot be written for this DHCP server'],
    [option(text('a’b')), 'option 66 of offhook-acme: "a’b" cannot be written for this DHCP server'],
    [
      option({ type: 'addresses', addresses: ['192.0.2.1;'] }, 150),
      'option 150 of offhook-acme: "192.0.2.1;" cannot be written for this DHCP server',
    ],
    [
      option({ type: 'octets', hex: '0g', subOptions: [] }, 43),
      'option 43 of offhook-acme: "0g" cannot be written for this DHCP server',
    ],
    [option(text('a'), 255), 'number of an option of offhook-acme: "255" cannot be written for this DHCP server'],
    [
      { prefixes: ["x' or '1'=='1"] },
      "option 60 of offhook-acme: \"x' or '1'=='1\" cannot be written for this DHCP server",
    ],
    [
      { nextServer: '192.0.2.1\n' },
      'next-server of offhook-acme: "192.0.2.1\\n" cannot be written for this DHCP server',
    ],
    [{ name: 'a b' }, 'name of a class: "a b" cannot be written for this DHCP server'],
  ])('refuses by thing and value %j', (more, said) => {
    const result = WRITERS.get(server)?.({ classes: [{ ...acme, ...more }], untold: [] });
    expect(result?.ok === false && tellProblem(result.error)).toBe(said);
  });

  test('a remark stays a comment, whatever it holds', () => {
    const mark = server === 'kea' ? '//' : '#';
    const rest = (remarks: readonly string[], reason: string): string =>
      written(server, { classes: [{ ...acme, remarks }], untold: [{ vendor: acme.vendor, reason }] })
        .split('\n')
        .filter((line) => !line.trimStart().startsWith(mark))
        .join('\n');
    const plain = rest([], '');
    fc.assert(
      fc.property(hostileText, (hostile) => {
        expect(rest([hostile], hostile)).toBe(plain);
      }),
    );
  });

  test('no value breaks out: what is not refused leaves every line beside its own as it was', () => {
    const lines = (value: string): readonly string[] | undefined => {
      const result = WRITERS.get(server)?.({ classes: [{ ...acme, ...option(text(value)) }], untold: [] });
      return result?.ok === true ? result.value.split('\n') : undefined;
    };
    const plain = lines('plain');
    fc.assert(
      fc.property(hostileText, (hostile) => {
        const hostiles = lines(hostile)?.filter((line) => !line.startsWith('# Option 66 is "'));
        if (hostiles === undefined) return;
        expect(hostiles.length).toBe(plain?.length);
        expect(hostiles.filter((line, index) => line !== plain?.[index]).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('Kea would cut a text at its comma, so that is refused', () => {
  const { classes } = everyClass();
  const [first] = classes;
  if (first === undefined) throw new Error('no class');
  const options = [{ code: 66, value: { type: 'text', text: 'http://a,b/' } }] as const;
  const result = WRITERS.get('kea')?.({ classes: [{ ...first, options }], untold: [] });
  expect(result).toEqual({
    ok: false,
    error: { kind: 'unwritable', thing: 'option 66 of offhook-cisco-spa', value: 'http://a,b/' },
  });
});

test('a bare address in option 66 is a text for every server, not four octets', () => {
  const made = everyClass({ ...SERVER, host: '192.0.2.10' });
  const line = (server: string, pattern: RegExp): string | undefined => pattern.exec(written(server, made))?.[0];
  expect(line('dnsmasq', /^dhcp-option=tag:offhook-cisco-spa,66,.*$/m)).toBe(
    'dhcp-option=tag:offhook-cisco-spa,66,31:39:32:2e:30:2e:32:2e:31:30',
  );
  expect(line('mikrotik', /^add name=offhook-cisco-spa-66 .*$/m)).toBe(
    `add name=offhook-cisco-spa-66 code=66 value="s'192.0.2.10'"`,
  );
  expect(line('isc', /^ {2}option tftp-server-name "192.*$/m)).toBe('  option tftp-server-name "192.0.2.10";');
});
