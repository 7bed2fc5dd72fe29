import { inSlotOrder } from '../../app/documents/key-checks.ts';
import { showSettings } from '../../app/documents/settings-document.ts';
import type { Profile } from '../../domain/phone.ts';
import type { Json } from '../collection.ts';

export const presentProfile = (profile: Profile): Json => ({
  name: profile.name,
  title: profile.title,
  settings: showSettings(profile.settings),
  keys: inSlotOrder(profile.keys),
});
