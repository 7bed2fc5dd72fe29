import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../../test/kit/hostile-text.ts';
import { parsePath } from './path.ts';

const fileOf = (path: string): string | undefined => {
  const parsed = parsePath(path, ['tftpboot']);
  return parsed.ok ? parsed.value.file : undefined;
};
const prefixOf = (path: string): unknown => {
  const parsed = parsePath(path, ['tftpboot']);
  return parsed.ok ? parsed.value.prefix : undefined;
};

describe('a path', () => {
  it.each([
    '001565aabbcc.cfg',
    '00:15:65:AA:BB:CC.cfg',
    '00-15-65-aa-bb-cc.cfg',
    '00.15.65.aa.bb.cc.cfg',
    '0015.65aa.bbcc.cfg',
    '0015-65AA-BBCC.cfg',
    '00 15 65 AA BB CC.cfg',
  ])('E10: the MAC in %s is one and the same', (name) => {
    expect(fileOf(`/${name}`)).toBe('001565aabbcc.cfg');
  });

  it.each([
    ['a name around the MAC stays', 'snomD345-00-04-13-A1-1F-A7.htm', 'snomD345-000413a11fa7.htm'],
    ['bare digits keep their case', 'SEP001565AABBCC.cnf.xml', 'SEP001565AABBCC.cnf.xml'],
    ['full-width digits are nobody’s spelling', '００-15-65-aa-bb-cc.cfg', '００-15-65-aa-bb-cc.cfg'],
    ['eight pairs are no MAC', '00:15:65:ff:fe:aa:bb:cc.cfg', '00:15:65:ff:fe:aa:bb:cc.cfg'],
    ['mixed separators are no MAC', '00:15-65:aa-bb:cc.cfg', '00:15-65:aa-bb:cc.cfg'],
    ['a firmware version is no MAC', 'T46U-108.86.0.20.rom', 'T46U-108.86.0.20.rom'],
    ['a directory keeps its name', '00-15-65-aa-bb-cc/a.cfg', '00-15-65-aa-bb-cc/a.cfg'],
    ['case of the rest is kept', 'logs/0004F2AABBCC-App.log', 'logs/0004F2AABBCC-App.log'],
  ])('%s', (_name, path, file) => {
    expect(fileOf(path)).toBe(file);
  });

  it('tokens are folded to lower case, and the alias before them counts for nothing', () => {
    expect(prefixOf('/p/ABC234/a.cfg')).toEqual({ kind: 'phone', token: 'abc234' });
    expect(prefixOf('/tftpboot/t/abc234/a.cfg')).toEqual({ kind: 'tenant', token: 'abc234' });
    expect(fileOf('/tftpboot/t/abc234/a.cfg')).toBe('a.cfg');
    expect(fileOf('/p/abc234')).toBe('');
    expect(prefixOf('/a.cfg')).toEqual({ kind: 'none' });
    expect(prefixOf('/constructor/a.cfg')).toEqual({ kind: 'none' });
  });

  it('what stands in the place of a token never reaches the file name', () => {
    expect(prefixOf('/p/NOT-A-TOKEN-1/a.cfg')).toEqual({ kind: 'phone', token: 'not-a-token-1' });
    expect(fileOf('/p/NOT-A-TOKEN-1/a.cfg')).toBe('a.cfg');
  });

  it.each([
    '/../x',
    '/a/../b',
    '/./x',
    '.',
    '..',
    '/a\u0000.cfg',
    '/a\r\nb',
    '..\\..\\x',
    'C:\\x',
    '/%2e%2e/x',
    'x'.repeat(513),
  ])('P1, P2: %j is refused', (path) => {
    expect(fileOf(path)).toBeUndefined();
  });

  it('whatever is asked for, the file name has no step upwards, no control character and no empty segment', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(hostileText, fc.constantFrom('/', '..', '.', '%2e', '//', 'p/')), { maxLength: 8 }),
        (parts) => {
          const file = fileOf(parts.join(''));
          if (file === undefined || file === '') return;
          expect(file.split('/')).not.toContain('..');
          expect(file.split('/')).not.toContain('');
          expect(file).not.toMatch(/[\u0000-\u001f\\]/);
        },
      ),
    );
  });

  it('reading a long name full of digits takes no time', () => {
    const started = performance.now();
    for (let n = 0; n < 200; n += 1) fileOf('00-'.repeat(170));
    expect(performance.now() - started).toBeLessThan(500);
  });
});
