import { goldenTests } from '../../../test/kit/golden.ts';
import { example } from './index.ts';

goldenTests(example.driver, new URL('./golden/', import.meta.url));
