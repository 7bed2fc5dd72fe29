import fc from 'fast-check';

/**
 * Text that tries to break out of a config file. With the line-break filter of a codec removed on purpose, over
 * 30 seeds: this found it after 5 tries (median; worst 17), random code points after 77 (worst 536), and random
 * graphemes never within 5000. Random text is not hostile text.
 */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        '\u2028',
        '\u0000',
        '"',
        "'",
        '<',
        '>',
        '&',
        '=',
        ';',
        '#',
        '%NULL%',
        ']]>',
        '${',
        '{{',
        '\\',
        '</',
        '/>',
        '<!--',
        ' ',
        '\t',
        '|',
        '@',
        '&#10;',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
