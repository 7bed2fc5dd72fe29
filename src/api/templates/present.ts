import { inSlotOrder } from '../../app/documents/key-checks.ts';
import { showRaw } from '../../app/documents/raw-document.ts';
import { showSettings } from '../../app/documents/settings-document.ts';
import { lineLimit } from '../../app/documents/template-document.ts';
import type { Template } from '../../domain/phone.ts';
import type { Json } from '../collection.ts';
import { present } from '../shown.ts';

export const presentTemplate = (template: Template): Json =>
  present({
    name: template.name,
    title: template.title,
    global: template.tenant === undefined,
    vendor: template.vendor,
    models: template.models,
    firmware: template.firmware,
    sidecars: template.sidecars,
    settings: showSettings(template.settings),
    keys: inSlotOrder(template.keys),
    raw: showRaw(template.raw),
    lineKeys: lineLimit(template),
  });
