import type { Command } from 'commander';
import { commandGroup, type Cli } from '../cli.ts';
import {
  phoneBlockCommand,
  phoneHardenCommand,
  phoneMoveCommand,
  phoneRemoveCommand,
  phoneResetCommand,
  phoneRotateCommand,
  phoneUnblockCommand,
} from './phone/act.ts';
import { phoneCreateCommand } from './phone/create.ts';
import { phoneInstructionsCommand } from './phone/instructions.ts';
import { phoneListCommand } from './phone/list.ts';
import { phoneLogCommand } from './phone/log.ts';
import { phoneResyncUrlCommand } from './phone/resync-url.ts';
import { phoneSetCommand } from './phone/set.ts';
import { phoneShowCommand } from './phone/show.ts';
import { phoneUrlCommand } from './phone/url.ts';
import { phoneWindowCommand } from './phone/window.ts';

export const phoneCommand = (cli: Cli): Command =>
  commandGroup(
    'phone',
    'Phones: list, show, add and change them, their URL, their requests',
    phoneListCommand(cli),
    phoneShowCommand(cli),
    phoneCreateCommand(cli),
    phoneSetCommand(cli),
    phoneUrlCommand(cli),
    phoneResyncUrlCommand(cli),
    phoneLogCommand(cli),
    phoneInstructionsCommand(cli),
    phoneWindowCommand(cli),
    phoneResetCommand(cli),
    phoneRotateCommand(cli),
    phoneHardenCommand(cli),
    phoneBlockCommand(cli),
    phoneUnblockCommand(cli),
    phoneMoveCommand(cli),
    phoneRemoveCommand(cli),
  );
