import { describe, expect, test } from 'vitest';
import type { LayerKind, SettingEntries } from './layers.ts';
import { builtInLayer, lockBelow, resolveSettings, type Layer } from './layers.ts';

const layer = (kind: LayerKind, settings: SettingEntries, line?: number): Layer => ({
  kind,
  object: { type: kind, id: kind, name: kind },
  settings,
  ...(line === undefined ? {} : { line }),
});

describe('layers, weakest to strongest', () => {
  test('the strongest value wins and tells where it came from', () => {
    const layers = [
      layer('tenant', { 'time.zone': { value: 'Europe/Berlin' } }),
      layer('template', { 'time.zone': { value: 'Europe/Paris', by: 'ann', at: '2026-01-01T00:00:00Z' } }),
    ];
    expect(resolveSettings(layers, []).phone.get('time.zone')).toMatchObject({
      value: 'Europe/Paris',
      origin: { layer: 'template', by: 'ann', at: '2026-01-01T00:00:00Z' },
    });
  });

  test('a cleared setting hides what weaker layers say', () => {
    const layers = [
      layer('tenant', { 'network.vlanId': { value: 20 } }),
      layer('phone', { 'network.vlanId': { clear: true } }),
    ];
    expect(resolveSettings(layers, []).phone.get('network.vlanId')?.state).toBe('cleared');
  });

  test('an access of its own leaves the value alone', () => {
    const layers = [
      layer('tenant', { 'time.zone': { value: 'Europe/Berlin' } }),
      layer('phone', { 'time.zone': { access: 'write' } }),
    ];
    expect(resolveSettings(layers, []).phone.get('time.zone')).toMatchObject({
      value: 'Europe/Berlin',
      access: 'write',
      origin: { layer: 'tenant' },
    });
  });

  test('a line setting of a template holds for every line, one of a line for that line', () => {
    const layers = [
      layer('template', { 'line.transport': { value: 'tcp' } }),
      layer('line', { 'line.transport': { value: 'tls' } }, 2),
    ];
    const { line } = resolveSettings(layers, [1, 2]);
    expect([line.get(1)?.get('line.transport'), line.get(2)?.get('line.transport')]).toMatchObject([
      { value: 'tcp' },
      { value: 'tls' },
    ]);
  });

  test('resolving twice gives the same, in the same order', () => {
    const layers = [
      builtInLayer,
      layer('tenant', { 'time.zone': { value: 'Europe/Berlin' }, 'network.vlanId': { value: 20 } }),
    ];
    expect(Array.from(resolveSettings(layers, [1]).phone)).toEqual(Array.from(resolveSettings(layers, [1]).phone));
  });
});

describe('a lock', () => {
  const locked = layer('tenant', { 'security.directIpCalls': { value: false, locked: true } });

  test('overrules what a stronger layer holds, and shows it', () => {
    const resolved = resolveSettings(
      [locked, layer('phone', { 'security.directIpCalls': { value: true } })],
      [],
    ).phone.get('security.directIpCalls');
    expect(resolved).toMatchObject({
      value: false,
      locked: true,
      overruled: [{ value: true, origin: { layer: 'phone' } }],
    });
  });

  test('is named to whoever wants to save such a change, and not to weaker layers', () => {
    expect(lockBelow('security.directIpCalls', [locked], 'phone')?.layer).toBe('tenant');
    expect(lockBelow('security.directIpCalls', [locked], 'tenant')).toBeUndefined();
  });
});
