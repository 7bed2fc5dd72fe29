import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileText } from '../../test/kit/hostile-text.ts';
import { renderInput, renderPhone, type NeutralPhone } from '../../test/kit/render-input.ts';
import { parseFirmwareVersion } from '../domain/firmware-version.ts';
import { key, slotName, type KeyType } from '../domain/key.ts';
import { parseMac, type Mac } from '../domain/mac.ts';
import { Secret } from '../domain/secret.ts';
import { IDS_OF, SETTING_IDS, settingOf, type SettingId } from '../domain/settings/registry.ts';
import { ALL_DEFINED } from './index.ts';
import type { VendorDriver } from './kit/driver.ts';
import { maskSecrets, renderConfig } from './kit/render.ts';
import { bareName } from './kit/text.ts';

// The suite that every maker's driver runs. A maker may skip a case only with a written reason, here.
const NO_MAC_IN_REQUESTS: readonly string[] = ['softclients']; // a soft client has no MAC; its token tells whose file it is

const plainExample = (id: SettingId): unknown => {
  const { example } = settingOf(id);
  return example instanceof Secret ? example.reveal() : example;
};

const macOf = (driver: VendorDriver): string => `${driver.ouis[0] ?? '02ee00'}0000a1`;
const parsedMac = (text: string): Mac => {
  const mac = parseMac(text);
  if (!mac.ok) throw new Error(text);
  return mac.value;
};

const examples = (ids: readonly SettingId[]): Record<string, unknown> =>
  Object.fromEntries(ids.map((id) => [id, plainExample(id)]));
const { phone: phoneIds, line: lineIds } = IDS_OF;

/** A phone with every setting there is at its example, on two lines where it has two. */
const everything = (driver: VendorDriver, model: string, more: Partial<NeutralPhone> = {}): NeutralPhone => ({
  model,
  mac: macOf(driver),
  settings: examples(phoneIds),
  lines:
    (driver.models.find((candidate) => candidate.id === model)?.lines ?? 1) > 1
      ? { 1: examples(lineIds), 2: examples(lineIds) }
      : { 1: examples(lineIds) },
  ...more,
});

const KEY_TYPES = key.options.map((option) => option.shape.type.value) as readonly KeyType[];
const sampleKey = (type: KeyType): unknown => ({
  type,
  ...([
    'line',
    'shared_line',
    'blf',
    'blf_list',
    'speed_dial',
    'intercom',
    'call_park',
    'directed_pickup',
    'group_pickup',
    'voicemail',
  ].includes(type)
    ? { line: 1 }
    : {}),
  ...(type === 'blf' ? { watch: '203' } : {}),
  ...(['speed_dial', 'intercom', 'directed_pickup'].includes(type) ? { dial: '203' } : {}),
  ...(type === 'call_park' ? { slot: '701' } : {}),
  ...(type === 'group_pickup' ? { code: '*8' } : {}),
  ...(type === 'dtmf' ? { digits: '1234#' } : {}),
  ...(['xml_browser', 'action_url'].includes(type) ? { url: 'https://pbx.example.com/x' } : {}),
  ...(type === 'multicast_paging' ? { address: '224.0.1.116:5001' } : {}),
  ...(type === 'none' ? {} : { label: `Key ${type}` }),
});

const parts = (driver: VendorDriver, model: VendorDriver['models'][number]): readonly string[] =>
  driver.files({ model, mac: parsedMac(macOf(driver)), token: 'abcdefgh' }).map((file) => file.part);

/** Option 60 as each model sends it. */
const dhcpClassesOf = (driver: VendorDriver): readonly string[] =>
  driver.models.flatMap((model) => {
    const phone = {
      model,
      mac: parsedMac(macOf(driver)),
      serial: 'CBT141400UK',
      firmware: model.defaultFirmware ?? '1.0',
    };
    return driver.boot.dhcpClass(phone) ?? [];
  });

describe.each(ALL_DEFINED.map(({ driver, problems }) => [driver.id as string, driver, problems] as const))(
  '%s',
  (id, driver, problems) => {
    test('passes the check that every driver gets at start', () => {
      expect(problems).toEqual([]);
    });

    test('says of every neutral setting whether it is mapped, unsupported or not mapped yet', () => {
      if (id === 'example') return;
      expect(SETTING_IDS.filter((setting) => driver.mapping[setting] === undefined)).toEqual([]);
    });

    test('every reason for a gap names something', () => {
      for (const entry of Object.values(driver.mapping)) {
        if (typeof entry !== 'object') continue;
        if ('unsupported' in entry) expect(entry.unsupported.length).toBeGreaterThan(10);
        if ('notMapped' in entry) expect(entry.notMapped.length).toBeGreaterThan(10);
      }
    });

    test.each(driver.models.map((model) => [model.id as string]))(
      '%s renders every setting and every key type',
      (model) => {
        const slots = driver
          .slots(driver.models.find((candidate) => candidate.id === model) ?? driver.fallbackModel(model), 0)
          .slice(0, 1);
        for (const type of KEY_TYPES) {
          const layout = Object.fromEntries(slots.map((slot) => [slotName(slot), { key: sampleKey(type) }]));
          const phone = everything(driver, model, { keys: layout });
          const { params } = renderPhone(driver, phone);
          expect(
            params.every(
              (param) => param.value !== 'undefined' && param.value !== 'NaN' && param.value !== '[object Object]',
            ),
          ).toBe(true);
          expect(params.map((param) => param.name).filter((name) => /undefined|NaN/.test(name))).toEqual([]);
        }
      },
    );

    test('what it writes it reads back: same names, same values, in every part', () => {
      for (const model of driver.models.slice(0, 4)) {
        const phone = everything(driver, model.id);
        const input = renderInput(driver, phone);
        const { params } = renderConfig(driver, input);
        const read = parts(driver, model).flatMap((part) =>
          driver.codec.read(renderPhone(driver, phone, part).text, part),
        );
        const written = params
          .filter((param) => param.accessOnly !== true)
          .map((param) => [bareName(param.name), param.value]);
        for (const [name, value] of written) expect(read).toContainEqual({ name, value });
      }
    });

    test('no value can add or change a parameter (hostile text in every text there is)', () => {
      const model = driver.models[0];
      if (model === undefined) throw new Error('no model');
      const slot = driver.slots(model, 0)[0];
      fc.assert(
        fc.property(
          hostileText.filter((text) => text.length > 0 && text.length <= 60),
          (text) => {
            const keys =
              slot === undefined
                ? {}
                : { [slotName(slot)]: { key: { type: 'speed_dial', line: 1, dial: '203', label: text } } };
            const line = {
              ...examples(['line.user', 'line.serverHost', 'line.transport']),
              'line.label': text,
              'line.displayName': text,
              'line.password': text,
              'line.dialPlan': text,
            };
            const phone = {
              model: model.id,
              mac: macOf(driver),
              lines: { 1: line },
              keys,
              settings: {
                'services.ldapServer': 'ldap.example.com',
                'services.ldapBase': text,
                'services.ldapPassword': text,
              },
            };
            const rendered = renderPhone(driver, phone);
            for (const part of new Set(parts(driver, model))) {
              const read = driver.codec.read(renderPhone(driver, phone, part).text, part);
              for (const { name, value } of read) {
                const meant = rendered.params
                  .filter((param) => bareName(param.name) === name)
                  .map((param) => param.value);
                if (part === 'settings' || meant.length > 0) expect(meant, `${name} in ${part}`).toContain(value);
              }
            }
          },
        ),
        { numRuns: 60 },
      );
    });

    test('the bootstrap holds no secret, and a masked file shows none', () => {
      const canary = 'C4nary-0f-a-p4ssw0rd';
      const secretIds = SETTING_IDS.filter((setting) => settingOf(setting).secret === true);
      for (const model of driver.models) {
        const set = (scope: 'phone' | 'line'): Record<string, unknown> =>
          Object.fromEntries(
            secretIds.filter((setting) => settingOf(setting).scope === scope).map((setting) => [setting, canary]),
          );
        const phone = everything(driver, model.id, {
          settings: { ...examples(phoneIds), ...set('phone') },
          lines: { 1: { ...examples(lineIds), ...set('line') } },
        });
        const input = renderInput(driver, phone);
        const { params } = renderConfig(driver, input);
        for (const part of new Set(parts(driver, model))) {
          const ctx = { part, model, firmware: input.firmware, mac: input.mac };
          expect(
            driver.codec
              .write(maskSecrets(params), ctx)
              .map((line) => line.text)
              .join('\n'),
          ).not.toContain(canary);
        }
      }
    });

    test('the bootstrap points to the secure port under the prefix that was asked', () => {
      for (const model of [...driver.models, driver.fallbackModel(undefined)]) {
        const routes = new Set(
          driver.requests
            .filter((route) => route.kind === 'config' || route.kind === 'generic')
            .map((route) => route.part),
        );
        const texts = Array.from(routes, (part) => {
          const firmware = parseFirmwareVersion(model.defaultFirmware ?? '');
          const params = driver.bootstrap({
            part,
            secureUrl: 'https://prov.example.com:1444/t/abcdef/',
            trust: 'install_ca',
            caUrl: 'http://prov.example.com:1445/ca.pem',
            caPem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
            model,
            firmware,
          });
          const asParams = Object.entries(params ?? {}).map(([name, value]) => ({
            name,
            value,
            secret: false,
            source: { kind: 'vendor' as const },
          }));
          return params === undefined
            ? ''
            : driver.codec
                .write(asParams, { part, model, firmware, mac: undefined })
                .map((line) => line.text)
                .join('\n');
        });
        if (!NO_MAC_IN_REQUESTS.includes(id))
          expect(
            texts.some((text) => text.includes('prov.example.com:1444/t/abcdef/')),
            model.id,
          ).toBe(true);
      }
    });

    test('knows every file name that its phones ask for', () => {
      for (const model of driver.models) {
        const mac = macOf(driver);
        for (const file of driver.files({ model, mac: parsedMac(mac), token: 'abcdefgh' })) {
          const route = driver.requests.find((candidate) => candidate.match.test(file.name));
          expect(route, `${model.id} asks for ${file.name}`).toMatchObject({ kind: 'config', part: file.part });
        }
        for (const request of driver.boot.requests) {
          const name = request.name
            .replaceAll('{mac}', mac)
            .replaceAll('{MAC}', mac.toUpperCase())
            .replaceAll('{stem}', model.fileStem ?? '')
            .replaceAll('{model}', model.userAgentToken ?? model.id)
            .replaceAll('{serial}', 'CBT141400UK');
          if (request.name.includes('{stem}') && model.fileStem === undefined) continue;
          expect(
            driver.requests.some((route) => route.match.test(name)),
            `${model.id} asks for ${name}`,
          ).toBe(true);
        }
      }
    });

    test('recognises the User-Agent that its own phones send, with model and firmware', () => {
      for (const model of driver.models) {
        const firmware = model.defaultFirmware ?? '1.0';
        const userAgent = driver.boot.userAgent({
          model,
          mac: parsedMac(macOf(driver)),
          serial: 'CBT141400UK',
          firmware,
        });
        if (userAgent === undefined) continue;
        const clues = Object.values(driver.recognise)
          .map((recognise) => recognise({ userAgent }))
          .filter((clue) => clue !== undefined);
        expect(clues[0], userAgent).toMatchObject({ vendor: driver.id, source: 'user_agent' });
        const sameToken = driver.models
          .filter((other) => (other.userAgentToken ?? other.id) === (model.userAgentToken ?? model.id))
          .map((other) => other.id as string);
        if (clues[0]?.model !== undefined) expect(sameToken, userAgent).toContain(clues[0].model);
      }
    });

    test('its phones’ DHCP classes are recognised, matched by its patterns, and begin with one of its prefixes', () => {
      const { classes, prefixes } = driver.dhcp;
      const sent = dhcpClassesOf(driver);
      expect(prefixes.length > 0, 'prefixes where there are classes').toBe(classes.length > 0);
      for (const dhcpClass of sent) {
        expect(driver.recognise.byDhcpClass?.({ dhcpClass }), dhcpClass).toMatchObject({ vendor: driver.id });
        expect(
          classes.some((pattern) => pattern.test(dhcpClass)),
          dhcpClass,
        ).toBe(true);
        expect(
          prefixes.some((prefix) => dhcpClass.startsWith(prefix)),
          dhcpClass,
        ).toBe(true);
      }
    });

    test('no other maker’s DHCP class holds one of its prefixes, at its beginning or further on', () => {
      const others = ALL_DEFINED.filter((other) => other.driver.id !== driver.id).flatMap((other) =>
        dhcpClassesOf(other.driver),
      );
      for (const prefix of driver.dhcp.prefixes) {
        expect(
          others.filter((dhcpClass) => dhcpClass.includes(prefix)),
          prefix,
        ).toEqual([]);
        expect(
          driver.dhcp.prefixes.filter((other) => other !== prefix && other.startsWith(prefix)),
          `needless beside ${prefix}`,
        ).toEqual([]);
      }
    });

    test('its DHCP options have numbers that an option can have, each once', () => {
      const codes = driver.dhcp.options.map(({ code }) => code);
      expect(new Set(codes).size).toBe(codes.length);
      // RFC 2132 §3.1 and §3.2: 0 pads, 255 ends.
      expect(codes.filter((code) => !Number.isInteger(code) || code < 1 || code > 254)).toEqual([]);
    });

    test('recognises nothing in what is not its own', () => {
      for (const userAgent of ['', 'curl/8.0', 'Mozilla/5.0 (X11; Linux x86_64)', '\u0000', 'a'.repeat(70_000)]) {
        expect(
          Object.values(driver.recognise)
            .map((recognise) => recognise({ userAgent, path: userAgent, dhcpClass: userAgent }))
            .filter((clue) => clue !== undefined),
        ).toEqual([]);
      }
    });

    test('a recogniser never throws, whatever it reads', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          for (const recognise of Object.values(driver.recognise))
            recognise({ userAgent: text, path: text, dhcpClass: text });
        }),
      );
    });

    test('a setting that was given and is gone is written as cleared, in this file and the next', () => {
      const model = driver.models[0];
      if (model === undefined) throw new Error('no model');
      const before = renderPhone(driver, everything(driver, model.id));
      const given = before.params.map((param) => param.name);
      const after = renderPhone(driver, { model: model.id, mac: macOf(driver), bare: true, given });
      const again = renderPhone(driver, { model: model.id, mac: macOf(driver), bare: true, given });
      expect(again.text).toBe(after.text);
      const ctx = {
        model,
        firmware: renderInput(driver, { model: model.id, mac: macOf(driver) }).firmware,
        mac: undefined,
        line: 1,
        lines: [],
        today: new Date(0),
        get: () => undefined,
      };
      for (const name of given) {
        const written = after.params.find((param) => param.name === name);
        if (driver.cleared(name, ctx) !== undefined) expect(written, name).toBeDefined();
        if (written !== undefined && written.source.kind === 'cleared')
          expect(before.params.find((param) => param.name === name && param.secret)?.value).not.toBe(written.value);
      }
    });

    test('an unknown model of this maker still gets a configuration', () => {
      const { params } = renderPhone(driver, {
        model: 'NOSUCH99',
        mac: macOf(driver),
        lines: { 1: examples(['line.user', 'line.password', 'line.serverHost']) },
      });
      expect(params.some((param) => param.value.includes('201'))).toBe(true);
    });

    test('an unknown firmware renders and raises a flag', () => {
      const model = driver.models[0];
      if (model === undefined) throw new Error('no model');
      const { params, flags } = renderPhone(driver, {
        model: model.id,
        mac: macOf(driver),
        firmware: '9999.9999',
        lines: { 1: examples(['line.user', 'line.serverHost']) },
      });
      expect(params.length).toBeGreaterThan(0);
      expect(flags).toHaveLength(1);
    });
  },
);
