import type { Model } from '../../domain/model.ts';
import { modelId } from '../kit/driver.ts';

/** The figures are invented: no such maker exists. A real list says where each figure was read. */
export const models: readonly Model[] = [
  {
    id: modelId('E100'),
    family: 'e',
    lines: 1,
    keys: 2,
    features: ['poe'],
    fileStem: 'e100',
    defaultFirmware: '2.0.0',
  },
  {
    id: modelId('E200'),
    family: 'e',
    lines: 4,
    keys: 8,
    features: ['poe', 'gigabit'],
    fileStem: 'e200',
    defaultFirmware: '2.0.0',
  },
];

/** A model that is not on the list gets what every phone of the family can do, never a 404. */
export const fallbackModel = (modelText: string | undefined): Model => ({
  id: modelId(modelText ?? 'unknown'),
  family: 'e',
  lines: 1,
  keys: 0,
  features: [],
  defaultFirmware: '2.0.0',
});
